import type { CanaryApp } from '../../../api/v1/canaryapp.ts';
import { Reason } from '../../../api/v1/reasons.ts';
import { isOwnedBy } from '../../../rollout/diff.ts';
import type { LiveObjects } from '../../../rollout/live-objects.ts';
import type { Obstacle } from '../../../rollout/observed.ts';
import { copyName, fallbackName, maxNameLength, trackingAnnotation } from './config-names.ts';
import { digestKind } from './config-digest.ts';
import { refOfKey } from './references.ts';

/** Why a tracked ConfigMap or Secret can't be copied for primary; undefined when all can. */
export function configObstacle(app: CanaryApp, live: LiveObjects, keys: readonly string[]): Obstacle | undefined {
  return keys.map((key) => tooLong(key) ?? foreign(app, live, key)).find((found) => found !== undefined);
}

function tooLong(key: string): Obstacle | undefined {
  const { kind, name } = refOfKey(key);
  const spare = maxNameLength - Math.max(...[copyName, fallbackName].map((nameOf) => nameOf('').length));
  if (name.length <= spare) return undefined;
  const message = `the name of ${kind} ${name} is longer than ${spare} characters, so it cannot be copied for primary; give it a shorter one, or ${howToOptOut}`;
  return { reason: Reason.ConfigNameTooLong, message, stops: 'all' };
}

function foreign(app: CanaryApp, live: LiveObjects, key: string): Obstacle | undefined {
  const { kind, name } = refOfKey(key);
  const taken = [copyName(name), fallbackName(name)]
    .map((copy) => live.get(digestKind(key), copy))
    .find((object) => object !== undefined && !isOwnedBy(object, app.metadata.uid ?? ''));
  if (taken === undefined) return undefined;
  const holder = taken.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const whose = holder === undefined ? '' : ` (${holder.kind} ${holder.name} has it)`;
  const message = `${kind} ${taken.metadata.name} exists and does not belong to this CanaryApp${whose}, so ${name} cannot be copied for primary; remove or rename it, or ${howToOptOut}`;
  return { reason: Reason.ForeignObject, message, stops: 'all' };
}

const howToOptOut = `leave the original to primary by its annotation ${trackingAnnotation}: disabled`;
