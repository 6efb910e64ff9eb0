import type { ApiObject } from '../object/api-object.ts';
import { ObjectText } from '../object/object-text.ts';
import type { ListPage } from '../handlers/list.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { tableOf, type TableOptions } from '../table/table.ts';
import type { ObjectFormat } from './accept.ts';

/** How one response shows objects. */
export interface Representation extends TableOptions {
  readonly format: ObjectFormat;
}

const partialVersion = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata' };

/** Turns stored objects into response text. */
export class ObjectWriter {
  readonly #texts = new ObjectText();

  /** One object, in the resource's version. */
  object(resource: ServedResource, stored: ApiObject, as: Representation): string {
    const object = resource.fromStored(stored);
    switch (as.format) {
      case 'object':
        return this.#texts.of(object);
      case 'partial':
        return JSON.stringify({ ...partialVersion, metadata: object.metadata });
      case 'table':
        return JSON.stringify(
          tableOf(resource, { items: [object], resourceVersion: object.metadata.resourceVersion ?? '' }, as),
        );
      default:
        return as.format;
    }
  }

  /** A page of a list. As on a real server, items of built-in kinds carry no apiVersion and kind of their own. */
  list(resource: ServedResource, page: ListPage, as: Representation): string {
    const metadata = {
      // A list of custom resources always names its token.
      ...(resource.custom !== undefined && as.format === 'object' ? { continue: '' } : {}),
      resourceVersion: page.resourceVersion,
      ...(page.continue === undefined ? {} : { continue: page.continue }),
      ...(page.remainingItemCount === undefined ? {} : { remainingItemCount: page.remainingItemCount }),
    };
    const items = resource.fromStoredAll?.(page.items) ?? page.items.map((item) => resource.fromStored(item));
    if (as.format === 'table') return JSON.stringify(tableOf(resource, { ...page, items }, as));
    if (as.format === 'partial') {
      const partial = items.map((item) => ({ ...partialVersion, metadata: item.metadata }));
      return JSON.stringify({
        apiVersion: 'meta.k8s.io/v1',
        kind: 'PartialObjectMetadataList',
        metadata,
        // Go writes a list that was never made as null.
        items: partial.length === 0 && resource.custom === undefined ? null : partial,
      });
    }
    const text = (item: ApiObject): string =>
      resource.custom === undefined ? this.#texts.withoutKind(item) : this.#texts.of(item);
    const head = JSON.stringify({ kind: resource.listKind, apiVersion: apiVersionOfResource(resource), metadata });
    return `${head.slice(0, -1)},"items":[${items.map(text).join(',')}]}`;
  }
}
