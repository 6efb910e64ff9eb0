import { createHash } from 'node:crypto';

import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { componentSchemas } from './component-schemas.ts';
import { resourcePaths } from './operations.ts';

/** `api/v1` or `apis/GROUP/VERSION`: how the index names a group version. */
function documentName(resource: ServedResource): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${resource.group}/${resource.version}`;
}

/** The OpenAPI v3 documents: an index, and one document for each group version, made when first asked for. */
export class OpenApiDocuments {
  readonly #registry: Registry;
  readonly #version: string;
  readonly #documents = new Map<string, string>();
  #generation = -1;

  constructor(registry: Registry, version: string) {
    this.#registry = registry;
    this.#version = version;
  }

  /** `/openapi/v3`. The hash changes with the document, so clients may cache. */
  index(): unknown {
    const names = [...new Set(this.#registry.all().map(documentName))];
    const paths = names.map((name): [string, unknown] => [
      name,
      { serverRelativeURL: `/openapi/v3/${name}?hash=${this.#hash(name)}` },
    ]);
    return { paths: Object.fromEntries(paths) };
  }

  /** The text of one document; undefined when the group version is not served. */
  document(name: string): string | undefined {
    if (this.#generation !== this.#registry.generation) this.#documents.clear();
    this.#generation = this.#registry.generation;
    const known = this.#documents.get(name);
    if (known !== undefined) return known;
    const resources = this.#registry.all().filter((resource) => documentName(resource) === name);
    if (resources.length === 0) return undefined;
    const text = JSON.stringify({
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: this.#version },
      paths: Object.assign({}, ...resources.map(resourcePaths)) as unknown,
      components: { schemas: componentSchemas(resources) },
    });
    this.#documents.set(name, text);
    return text;
  }

  /** From what the document is made of, so that the index needs no document. */
  #hash(name: string): string {
    const hash = createHash('sha256').update(this.#version);
    for (const resource of this.#registry.all()) {
      if (documentName(resource) !== name) continue;
      hash.update(resource.custom === undefined ? resource.plural : JSON.stringify(resource.schema));
    }
    return hash.digest('hex').toUpperCase();
  }
}
