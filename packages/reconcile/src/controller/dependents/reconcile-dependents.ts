import type { DesiredCondition } from '../../conditions/conditions.ts';
import { addFinalizer, hasFinalizer, isBeingDeleted, removeFinalizer } from '../../finalizers/finalizers.ts';
import type { KubernetesObject } from '../../object/object.ts';
import { keyOf, keyText } from '../../object/object-key.ts';
import { groupResourceOf, type ResourceKind } from '../../object/resource-kind.ts';
import { isControlledBy } from '../../owners/owner-reference.ts';
import { createOrUpdate } from '../create-or-update.ts';
import type { ReconcileContext } from '../reconciler.ts';
import type { Dependent, Dependents } from './dependent.ts';
import { planDependents, type DependentStep, type DependentsPlan, type DependentWait } from './plan-dependents.ts';

type Context = Pick<ReconcileContext, 'client' | 'lister' | 'signal'>;

/** Where a primary's children have got to. */
export interface DependentsState<P extends KubernetesObject> {
  /** The primary as it is now: newer than what was passed in where the finalizer was added. */
  readonly primary: P;
  /** Every child that is wanted is ready, and none is left that is not. */
  readonly isReady: boolean;
  /** What is waited for, in the order of the dependents. */
  readonly waits: readonly DependentWait[];
  /** The children of a dependent that is ready; none otherwise. */
  childrenOf<T extends KubernetesObject>(dependent: Dependent<never, T>): readonly T[];
}

/**
 * Brings the children of `primary` a step closer to what is desired: looks at them in the cache, plans, acts, and looks
 * again after each write, until nothing more can be done without waiting. What is waited for wakes the controller by
 * itself. For a primary that is being deleted it deletes the children in reverse order and then lets the primary go,
 * if there is a finalizer. Sends nothing at rest.
 */
export async function reconcileDependents<P extends KubernetesObject>(
  context: Context,
  dependents: Dependents<P>,
  primary: P,
): Promise<DependentsState<P>> {
  const { client } = context;
  const { finalizer } = dependents;
  if (isBeingDeleted(primary) && (finalizer === undefined || !hasFinalizer(primary, finalizer)))
    return stateOf(primary, { steps: [], waits: [], ready: new Map(), isGone: true });
  const isKept = finalizer === undefined || isBeingDeleted(primary);
  const kept = isKept ? primary : await addFinalizer(client, dependents.primary, primary, finalizer);
  const plan = await actUntilNothingIsLeft(context, dependents, kept);
  if (finalizer !== undefined && isBeingDeleted(kept) && plan.isGone)
    await removeFinalizer(client, dependents.primary, kept, finalizer);
  return stateOf(kept, plan);
}

async function actUntilNothingIsLeft<P extends KubernetesObject>(
  context: Context,
  dependents: Dependents<P>,
  primary: P,
): Promise<DependentsPlan> {
  const owned = (kind: ResourceKind): readonly KubernetesObject[] =>
    context
      .lister(kind)
      .ownedBy(primary.metadata.uid ?? '')
      .filter((child) => isControlledBy(child, primary));
  const done = new Set<string>();
  for (;;) {
    const plan = planDependents(dependents, primary, owned);
    let hasChanged = false;
    for (const step of plan.steps) {
      if (done.has(idOf(step))) continue;
      done.add(idOf(step));
      hasChanged = await act(context, step);
      // What comes after it is decided on what it is now.
      if (hasChanged) break;
    }
    if (!hasChanged) return plan;
  }
}

/** Whether something was sent. */
async function act(context: Context, step: DependentStep): Promise<boolean> {
  if (step.type === 'ensure') return (await createOrUpdate(context, step.kind, step.desired)).operation !== 'unchanged';
  // In the foreground, so that a child is there until what belongs to it is gone: only then may the next one go.
  await context.client.delete(step.kind, step.live, { propagation: 'Foreground' }, context.signal);
  return true;
}

function idOf(step: DependentStep): string {
  const object = step.type === 'ensure' ? step.desired : step.live;
  return `${step.type} ${groupResourceOf(step.kind)} ${keyText(keyOf(object))}`;
}

function stateOf<P extends KubernetesObject>(primary: P, { waits, ready }: DependentsPlan): DependentsState<P> {
  return {
    primary,
    isReady: waits.length === 0,
    waits,
    // The children of a dependent are of its kind, whose type it carries.
    childrenOf: <T extends KubernetesObject>({ name }: Dependent<never, T>) =>
      (ready.get(name) ?? []) as unknown as readonly T[],
  };
}

/** A condition that says whether all children are ready, and if not, what is waited for. @param type mostly `Ready`. */
export function dependentsCondition(
  { isReady, waits, primary }: DependentsState<KubernetesObject>,
  type: string,
): DesiredCondition {
  const { generation } = primary.metadata;
  const at = { type, ...(generation === undefined ? {} : { observedGeneration: generation }) };
  if (isReady) return { ...at, status: 'True', reason: 'DependentsReady', message: 'all that it consists of is ready' };
  const message = waits.map(({ dependent, message: text }) => `${dependent}: ${text}`).join('; ');
  return { ...at, status: 'False', reason: 'WaitingForDependents', message: message.slice(0, maxMessage) };
}

/** `metav1.Condition.message` may have so many characters. */
const maxMessage = 32_768;
