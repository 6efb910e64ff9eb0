import type { Lister } from '../../cache/cache.ts';
import type { Client } from '../../client/client.ts';
import type { KubernetesObject } from '../../object/object.ts';
import { keyOf, keyText, type ObjectKey } from '../../object/object-key.ts';
import { groupResourceOf, type ResourceKind } from '../../object/resource-kind.ts';
import type { ReconcileServices } from '../reconciler.ts';
import { changedFields } from './changed-fields.ts';
import type { PassWrite } from './pass.ts';

/** What a reconcile does through its services, as it does it. */
export interface Recording {
  readonly services: Pick<ReconcileServices, 'client' | 'lister'>;
  readonly inputs: ReadonlyMap<string, string>;
  readonly writes: readonly PassWrite[];
}

/** Notes what is read and written through a client and through listers. */
export function recordServices({ client, lister }: Pick<ReconcileServices, 'client' | 'lister'>): Recording {
  const inputs = new Map<string, string>();
  const writes: PassWrite[] = [];
  const read = (kind: ResourceKind, key: ObjectKey, object: KubernetesObject | undefined): void => {
    const id = idOf(kind, key);
    if (!inputs.has(id)) inputs.set(id, versionOf(object));
  };
  const readAll = <T extends KubernetesObject>(kind: ResourceKind, objects: readonly T[]): readonly T[] => {
    for (const object of objects) read(kind, keyOf(object), object);
    return objects;
  };
  return {
    inputs,
    writes,
    services: {
      client: recordedClient(client, { read, readAll, wrote: (write) => writes.push(write) }),
      lister: (kind) => recordedLister(lister(kind), kind, { read, readAll }),
    },
  };
}

interface Notes {
  read(kind: ResourceKind, key: ObjectKey, object: KubernetesObject | undefined): void;
  readAll<T extends KubernetesObject>(kind: ResourceKind, objects: readonly T[]): readonly T[];
}

function recordedLister<T extends KubernetesObject>(lister: Lister<T>, kind: ResourceKind<T>, notes: Notes): Lister<T> {
  return {
    get(key) {
      const object = lister.get(key);
      notes.read(kind, key, object);
      return object;
    },
    list: (namespace) => notes.readAll(kind, lister.list(namespace)),
    byIndex: (index, value) => notes.readAll(kind, lister.byIndex(index, value)),
    ownedBy: (uid) => notes.readAll(kind, lister.ownedBy(uid)),
  };
}

function recordedClient(client: Client, notes: Notes & { wrote(write: PassWrite): void }): Client {
  const changed = async <T extends KubernetesObject>(
    verb: PassWrite['verb'],
    kind: ResourceKind<T>,
    live: T,
    answer: Promise<T>,
  ): Promise<T> => {
    const object = await answer;
    const version = versionOf(object);
    if (version !== versionOf(live))
      notes.wrote({ object: idOf(kind, keyOf(live)), verb, fields: changedFields(live, object), version });
    return object;
  };
  return {
    confirm: (kind, live, signal) => client.confirm(kind, live, signal),
    apply: (kind, live, desired, signal) => changed('apply', kind, live, client.apply(kind, live, desired, signal)),
    patch: (kind, live, patch, signal) => changed('patch', kind, live, client.patch(kind, live, patch, signal)),
    updateStatus: (kind, live, status, signal) =>
      changed('update status', kind, live, client.updateStatus(kind, live, status, signal)),
    scale: (kind, live, replicas, signal) => changed('scale', kind, live, client.scale(kind, live, replicas, signal)),
    async get(kind, key, signal) {
      const object = await client.get(kind, key, signal);
      notes.read(kind, key, object);
      return object;
    },
    async list(kind, which, signal) {
      return notes.readAll(kind, await client.list(kind, which, signal));
    },
    async create(kind, desired, signal) {
      const object = await client.create(kind, desired, signal);
      notes.wrote({ object: idOf(kind, keyOf(object)), verb: 'create', fields: [], version: versionOf(object) });
      return object;
    },
    async delete(kind, live, options, signal) {
      await client.delete(kind, live, options, signal);
      notes.wrote({ object: idOf(kind, keyOf(live)), verb: 'delete', fields: [], version: 'absent' });
    },
  };
}

function idOf(kind: ResourceKind, key: ObjectKey): string {
  return `${groupResourceOf(kind)} ${keyText(key)}`;
}

function versionOf(object: KubernetesObject | undefined): string {
  return object?.metadata.resourceVersion ?? 'absent';
}
