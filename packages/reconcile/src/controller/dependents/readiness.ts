import { isBeingDeleted } from '../../finalizers/finalizers.ts';
import { isJsonObject } from '../../object/json.ts';
import type { KubernetesObject } from '../../object/object.ts';
import type { Dependent } from './dependent.ts';

/** What keeps a child from being ready, in words that follow its name; undefined when it is. */
export function unreadiness(
  { readyWhen }: Pick<Dependent, 'readyWhen'>,
  live: KubernetesObject | undefined,
  primary: KubernetesObject,
): string | undefined {
  if (live === undefined) return 'is not there yet';
  if (isBeingDeleted(live)) return 'is being deleted';
  if (!isObserved(live)) return 'has not been looked at by its controller since it was changed';
  const answer = readyWhen?.(live, primary) ?? true;
  if (answer === true) return undefined;
  return answer === false ? 'is not ready' : `is not ready: ${answer}`;
}

/** kstatus's first rule: a status that is about an older spec says nothing of the present one. */
function isObserved(live: KubernetesObject): boolean {
  const { generation } = live.metadata;
  const status = (live as { readonly status?: unknown }).status;
  const observed = isJsonObject(status) ? status['observedGeneration'] : undefined;
  return generation === undefined || typeof observed !== 'number' || observed >= generation;
}
