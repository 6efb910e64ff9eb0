import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { columnsFor } from './columns-for.ts';

/** How a table is to be made. */
export interface TableOptions {
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  /** What of the object each row carries (default Metadata). */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** Whether the header is left out, as in a watch after its first event. */
  readonly withoutHeader?: boolean;
}

/** What a table shows: objects in the version of the resource. */
export interface TableContent {
  readonly items: readonly ApiObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** `meta.k8s.io/v1` Table: what `kubectl get` prints. */
export function tableOf(resource: ServedResource, content: TableContent, options: TableOptions): unknown {
  const columns = columnsFor(resource);
  const { items, ...metadata } = content;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions:
      options.withoutHeader === true
        ? []
        : columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
            name,
            type,
            format,
            description,
            priority,
          })),
    rows: items.map((item) => ({
      cells: columns.map((column) => column.cell(item, options.now) ?? null),
      ...rowObject(item, options.includeObject),
    })),
  };
}

function rowObject(object: ApiObject, include: TableOptions['includeObject']): { object: unknown } {
  if (include === 'None') return { object: null };
  if (include === 'Object') return { object };
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } };
}
