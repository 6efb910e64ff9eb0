import { isObject, textOf, type Json, type JsonObject } from '../sequence/operation.ts';

interface Owner {
  readonly uid: string;
  readonly blocks: boolean;
}

interface Node {
  readonly name: string;
  readonly uid: string;
  readonly isDeleted: boolean;
  readonly finalizers: readonly string[];
  readonly owners: readonly Owner[];
}

/**
 * Whether the garbage collector has nothing left to do, by Kubernetes' rules; else what it still has to do.
 * @param objects that may own or be owned.
 * @param others uids of owners that exist beside them.
 */
export function pendingGarbage(objects: readonly JsonObject[], others: ReadonlySet<string>): string | undefined {
  const nodes = objects.map(nodeOf);
  const byUid = new Map(nodes.map((node) => [node.uid, node]));
  const isWaiting = (node: Node): boolean => node.isDeleted && node.finalizers.includes('foregroundDeletion');
  const stateOf = (owner: Owner): 'solid' | 'waiting' | 'absent' => {
    const node = byUid.get(owner.uid);
    if (node === undefined) return others.has(owner.uid) ? 'solid' : 'absent';
    return isWaiting(node) ? 'waiting' : 'solid';
  };
  for (const node of nodes) {
    if (node.isDeleted && node.finalizers.includes('orphan')) return `${node.name} has dependents to orphan`;
    if (isWaiting(node) && !nodes.some((other) => blocks(other, node))) return `${node.name} waits for nobody`;
    if (node.isDeleted || node.owners.length === 0) continue;
    const states = node.owners.map(stateOf);
    if (!states.includes('solid')) return `${node.name} has lost its owners`;
    if (states.some((state) => state !== 'solid')) return `${node.name} refers to owners that are gone`;
  }
  return undefined;
}

function blocks(dependent: Node, owner: Node): boolean {
  return dependent.owners.some(({ uid, blocks: isBlocking }) => uid === owner.uid && isBlocking);
}

function nodeOf(object: JsonObject): Node {
  const metadata = object['metadata'];
  const fields: JsonObject = isObject(metadata) ? metadata : {};
  const { name, uid, deletionTimestamp, finalizers, ownerReferences } = fields;
  const owners = Array.isArray(ownerReferences) ? (ownerReferences as readonly Json[]) : [];
  return {
    name: textOf(name),
    uid: textOf(uid),
    isDeleted: deletionTimestamp !== undefined,
    finalizers: Array.isArray(finalizers) ? finalizers.map(String) : [],
    owners: owners
      .filter(isObject)
      .map((owner) => ({ uid: textOf(owner['uid']), blocks: owner['blockOwnerDeletion'] === true })),
  };
}
