import type { Desired } from '../../client/client.ts';
import { isBeingDeleted } from '../../finalizers/finalizers.ts';
import type { KubernetesObject } from '../../object/object.ts';
import { keyOf, keyText } from '../../object/object-key.ts';
import { groupResourceOf, type ResourceKind } from '../../object/resource-kind.ts';
import { childOf } from './child.ts';
import { dependentLabel, type Dependent, type Dependents, type ReadyDependents } from './dependent.ts';
import { unreadiness } from './readiness.ts';

/** One thing to do. To ensure what is as desired already sends nothing. */
export type DependentStep =
  | {
      readonly type: 'ensure';
      readonly dependent: string;
      readonly kind: ResourceKind;
      readonly desired: Desired<KubernetesObject>;
    }
  | {
      readonly type: 'delete';
      readonly dependent: string;
      readonly kind: ResourceKind;
      readonly live: KubernetesObject;
    };

/** What a dependent is still short of, in words. */
export interface DependentWait {
  readonly dependent: string;
  readonly message: string;
}

/** What to do about a primary's children, and what is waited for. */
export interface DependentsPlan {
  readonly steps: readonly DependentStep[];
  readonly waits: readonly DependentWait[];
  /** The children of what is ready, by name of the dependent. */
  readonly ready: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** No child is left. */
  readonly isGone: boolean;
}

/** The children of a kind that this incarnation of the primary controls. */
export type OwnedChildren = (kind: ResourceKind) => readonly KubernetesObject[];

/**
 * `made` and `waiting` are wanted: desired and observed, or not yet asked for because something before is not ready.
 * `unwanted` may still have children, its `leftovers`.
 */
interface Node {
  readonly dependent: Dependent;
  readonly stage: 'ready' | 'made' | 'waiting' | 'unwanted';
  readonly children: readonly KubernetesObject[];
  readonly leftovers: readonly KubernetesObject[];
}

/**
 * Decides what to do about the children of `primary`, as they are now. A child is made or changed only once all that it
 * comes after was observed ready; what waits is left as it is; and what is no longer wanted goes last, after everything
 * that comes after it is gone, or ready without it.
 */
export function planDependents<P extends KubernetesObject>(
  { list, kinds }: Dependents<P>,
  primary: P,
  owned: OwnedChildren,
): DependentsPlan {
  const steps: DependentStep[] = [];
  const waits: DependentWait[] = [];
  const nodes = new Map<string, Node>();
  for (const dependent of list as readonly Dependent[]) {
    const marked = owned(dependent.kind).filter((child) => child.metadata.labels?.[dependentLabel] === dependent.name);
    nodes.set(dependent.name, look(dependent, { primary, owned, nodes, marked, steps, waits }));
  }
  for (const node of [...nodes.values()].toReversed()) deleteLeftovers(node, [...nodes.values()], steps, waits);
  for (const { kind, child } of strangers(kinds, owned, nodes)) {
    const label = child.metadata.labels?.[dependentLabel] ?? '';
    if (!isBeingDeleted(child)) steps.push({ type: 'delete', dependent: label, kind, live: child });
    waits.push({ dependent: label, message: `${nameOf(child)} of a former release has to go` });
  }
  const ready = [...nodes.values()].filter(({ stage }) => stage === 'ready');
  return {
    steps,
    waits,
    ready: new Map(ready.map(({ dependent, children }) => [dependent.name, children])),
    isGone: [...nodes.values()].every((node) => !hasChildren(node)) && strangers(kinds, owned, nodes).length === 0,
  };
}

interface Look {
  readonly primary: KubernetesObject;
  readonly owned: OwnedChildren;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly marked: readonly KubernetesObject[];
  readonly steps: DependentStep[];
  readonly waits: DependentWait[];
}

function look(dependent: Dependent, at: Look): Node {
  const { primary, nodes, marked, waits } = at;
  const unwanted: Node = { dependent, stage: 'unwanted', children: [], leftovers: marked };
  if (isBeingDeleted(primary) || dependent.activeWhen?.(primary) === false) return unwanted;
  const missing = dependent.after.filter(({ name }) => ['made', 'waiting'].includes(nodes.get(name)?.stage ?? ''));
  if (missing.length > 0) {
    const message = `waits for ${missing.map(({ name }) => name).join(' and ')}`;
    waits.push({ dependent: dependent.name, message });
    return { dependent, stage: 'waiting', children: marked, leftovers: [] };
  }
  const desired = [dependent.desired(primary, readyBefore(dependent, nodes)) ?? []].flat();
  return desired.length === 0
    ? unwanted
    : want(
        dependent,
        desired.map((child) => childOf(dependent, primary, child)),
        at,
      );
}

/** What has to be there, and which of it is not as it should be. */
function want(dependent: Dependent, desired: readonly Desired<KubernetesObject>[], at: Look): Node {
  const { kind, name } = dependent;
  const there = new Map(at.owned(kind).map((child) => [keyText(keyOf(child)), child]));
  const wanted = new Set(desired.map((child) => keyText(keyOf(child))));
  if (wanted.size < desired.length) throw new Error(`dependent ${name} desires one ${kind.kind} twice`);
  const children: KubernetesObject[] = [];
  let isReady = true;
  for (const child of desired) {
    const live = there.get(keyText(keyOf(child)));
    if (live !== undefined) children.push(live);
    // What is on its way out cannot be changed any more; the name is free afterwards.
    if (live === undefined || !isBeingDeleted(live))
      at.steps.push({ type: 'ensure', dependent: name, kind, desired: child });
    const message = unreadiness(dependent, live, at.primary);
    if (message === undefined) continue;
    isReady = false;
    at.waits.push({ dependent: name, message: `${kind.kind} ${keyText(keyOf(child))} ${message}` });
  }
  const leftovers = at.marked.filter((child) => !wanted.has(keyText(keyOf(child))));
  return { dependent, stage: isReady ? 'ready' : 'made', children, leftovers };
}

function deleteLeftovers(node: Node, all: readonly Node[], steps: DependentStep[], waits: DependentWait[]): void {
  const { dependent, leftovers } = node;
  if (leftovers.length === 0) return;
  const holders = all.filter((other) => comesAfter(other.dependent, dependent) && isInTheWay(other));
  for (const live of leftovers) {
    const isHeld = holders.length > 0 || isBeingDeleted(live);
    if (!isHeld) steps.push({ type: 'delete', dependent: dependent.name, kind: dependent.kind, live });
    const reason = holders.map((other) => other.dependent.name).join(' and ');
    const message = holders.length > 0 ? `goes after ${reason}` : 'has to go';
    waits.push({ dependent: dependent.name, message: `${nameOf(live)} ${message}` });
  }
}

/** Whether something that comes after a leftover may still be using it. */
function isInTheWay(node: Node): boolean {
  return node.leftovers.length > 0 || node.stage === 'made' || (node.stage === 'waiting' && node.children.length > 0);
}

function hasChildren({ children, leftovers }: Node): boolean {
  return children.length > 0 || leftovers.length > 0;
}

function comesAfter(dependent: Dependent, other: Dependent): boolean {
  return dependent.after.some((before) => before === other || comesAfter(before, other));
}

/** Children with the label of a dependent that is no longer declared, or is declared of another kind. */
function strangers(
  kinds: readonly ResourceKind[],
  owned: OwnedChildren,
  nodes: ReadonlyMap<string, Node>,
): readonly { readonly kind: ResourceKind; readonly child: KubernetesObject }[] {
  const isKnown = (kind: ResourceKind, label: string): boolean => {
    const node = nodes.get(label);
    return node !== undefined && groupResourceOf(node.dependent.kind) === groupResourceOf(kind);
  };
  return kinds.flatMap((kind) =>
    owned(kind)
      .filter(({ metadata }) => metadata.labels?.[dependentLabel] !== undefined)
      .filter(({ metadata }) => !isKnown(kind, metadata.labels?.[dependentLabel] ?? ''))
      .map((child) => ({ kind, child })),
  );
}

function readyBefore({ name, after }: Dependent, nodes: ReadonlyMap<string, Node>): ReadyDependents {
  const allOf = <T extends KubernetesObject>(other: Dependent<never, T>): readonly T[] => {
    if (!after.some((each) => each.name === other.name))
      throw new Error(`dependent ${name} looks at ${other.name} without coming after it; add it to after`);
    const node = nodes.get(other.name);
    // A dependent carries the type of its kind, and its children are of that kind.
    return node?.stage === 'ready' ? (node.children as unknown as readonly T[]) : [];
  };
  return { allOf, of: (other) => allOf(other)[0] };
}

function nameOf(child: KubernetesObject): string {
  return `${child.kind} ${keyText(keyOf(child))}`;
}
