import type { Reader } from '../client/client.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';
import type { AdmissionWebhook } from './admission.ts';

/** Reads what a webhook declared, and nothing else, so that its rights follow from its declaration. */
export function declaredReader({ name, scope }: AdmissionWebhook, reader: Reader): Reader {
  const declared = new Set((scope.reads ?? []).map(groupResourceOf));
  const check = (kind: ResourceKind): void => {
    if (!declared.has(groupResourceOf(kind)))
      throw new Error(`webhook ${name} reads ${groupResourceOf(kind)} without having declared it; add it to reads`);
  };
  return {
    get: async (kind, key, signal) => {
      check(kind);
      return reader.get(kind, key, signal);
    },
    list: async (kind, options, signal) => {
      check(kind);
      return reader.list(kind, options, signal);
    },
  };
}
