import { resourceOf } from '../play/resource-of.ts';
import type { Operation, Sequence } from '../sequence/operation.ts';

/** How often each kind of operation, and each kind of object, occurred. */
export class Counts {
  readonly #operations = new Map<string, number>();
  readonly #kinds = new Map<string, number>();

  add({ operations }: Sequence): void {
    for (const operation of operations) {
      increase(this.#operations, operationName(operation));
      increase(this.#kinds, resourceOf(operation.path));
    }
  }

  /** The most frequent first. */
  get operations(): readonly (readonly [string, number])[] {
    return ordered(this.#operations);
  }

  /** By plural name, the most frequent first. */
  get kinds(): readonly (readonly [string, number])[] {
    return ordered(this.#kinds);
  }
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function ordered(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([, left], [, right]) => right - left);
}

const patchNames = new Map([
  ['application/json-patch+json', 'json patch'],
  ['application/merge-patch+json', 'merge patch'],
  ['application/strategic-merge-patch+json', 'strategic merge patch'],
  ['application/apply-patch+yaml', 'apply'],
]);

/** `create`, `merge patch of status`. */
function operationName(operation: Operation): string {
  const { path } = operation;
  const subresource = /\/(?<name>status|scale)$/u.exec(path)?.groups?.['name'];
  return `${verbOf(operation)}${subresource === undefined ? '' : ` of ${subresource}`}`;
}

function verbOf({ method, path, headers, watch }: Operation): string {
  if (watch !== undefined) return 'watch';
  const isCollection = !/\/(?:\{\{ns\}\}-)?[^/]+$/u.test(
    path.replace(/.*\/v\d\w*\/(?:namespaces\/\{\{ns\}\}\/)?[a-z]+/u, ''),
  );
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return patchNames.get(headers?.['content-type'] ?? '') ?? 'patch';
    case 'DELETE':
      return isCollection ? 'delete collection' : 'delete';
    default:
      return isCollection ? 'list' : 'get';
  }
}
