import { Reason } from '../../../api/v1/reasons.ts';
import type { Remark } from '../../../rollout/observed.ts';
import { copyName } from './config-names.ts';
import { refOfKey } from './references.ts';
import type { SeenConfigs } from './seen-configs.ts';

/** The condition that tells what is not tracked, or has nothing to be copied from. It is there only while it is False. */
export const trackingCondition = 'ConfigTracking';

/**
 * What has to be said about configuration that is not tracked, or not in order; undefined when there is nothing.
 * @param lost keys of copies whose released content is nowhere
 */
export function configRemark(
  namespace: string,
  { missing, unreadable, unsuited }: SeenConfigs,
  lost: readonly string[],
): Remark | undefined {
  const of = (kind: 'ConfigMap' | 'Secret'): readonly string[] =>
    unreadable.map(refOfKey).flatMap((ref) => (ref.kind === kind ? ref.name : []));
  const parts = [
    said(
      of('Secret'),
      (names) =>
        `Secrets ${names} cannot be read, so their changes are no releases, and what primary has of them stays; bind the Role secret-tracking in namespace ${namespace}`,
    ),
    said(
      of('ConfigMap'),
      (names) => `ConfigMaps ${names} cannot be read; give the operator its permissions in namespace ${namespace}`,
    ),
    ...unsuited.map(({ key, type }) => `Secret ${refOfKey(key).name} is of type ${type}, which is not tracked`),
    said(missing, (keys) => `${keys} does not exist, and pods that need it cannot start; create it`),
    said(
      lost.map(copyOf),
      (keys) =>
        `${keys} does not have the content that was released, which is nowhere any more; release again, or put the content back into the original`,
    ),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return {
    type: trackingCondition,
    reason: Reason.Partial,
    message: parts.join('. '),
    isPassing: unreadable.length > 0,
  };
}

function copyOf(key: string): string {
  const { kind, name } = refOfKey(key);
  return `${kind} ${copyName(name)}`;
}

function said(items: readonly string[], say: (list: string) => string): string | undefined {
  return items.length === 0 ? undefined : say(items.join(', '));
}
