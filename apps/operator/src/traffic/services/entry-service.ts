import { Service } from '@canaryop/reconcile/kinds';
import { isJsonObject } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Intent } from '../../rollout/decision.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import type { PodSelectors } from '../../rollout/pod-selectors.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import { podService } from './pod-service.ts';

/** On an adopted Service: the selector that it had, as JSON. */
const selectorAnnotation = 'canary.atze.io/original-selector';

type Labels = Readonly<Record<string, string>>;

interface Context {
  readonly app: CanaryApp;
  readonly spec: AdoptedSpec;
  readonly live: LiveObjects;
}

/**
 * The Service of the application's own name, by which everybody reaches it who knows of no routes. It leads to the
 * workload that serves: the target's pods while that has all traffic, else primary's. One that was there before keeps
 * everything but its selector, which comes back when the traffic does; one that was never lent is not touched, whatever
 * else goes on.
 */
export function entryService({ app, spec, live }: Context, selectors: PodSelectors, intent: Intent): readonly Child[] {
  const { name } = app.metadata;
  const selector = intent.weight === 100 ? selectors.secondary : selectors.primary;
  const known = live.get(Service, name);
  if (known === undefined || isOwnedBy(known, app.metadata.uid ?? ''))
    return [childOf(live, Service, name, podService(app, spec, name, selector))];
  const isLent = spec.service.adopt === true || known.metadata.annotations?.[selectorAnnotation] !== undefined;
  if (!isLent) return [];
  return [{ kind: Service, live: known, lent: { patch: selectorPatch(known, selector, intent) } }];
}

/** Why the Service of the application's name can't be used; undefined when it can, or is not there. */
export function entryServiceObstacle(
  app: CanaryApp,
  { service }: AdoptedSpec,
  live: LiveObjects,
): Obstacle | undefined {
  const { name, uid = '' } = app.metadata;
  const known = live.get(Service, name);
  if (known === undefined || service.adopt === true || isOwnedBy(known, uid)) return undefined;
  const message = `Service ${name} exists; set spec.service.adopt to have its selector changed, and restored on delete, or remove the Service`;
  return { reason: Reason.ServiceExists, message, stops: 'all' };
}

/** A merge patch that makes the selector this one, and remembers the first one in the same write. */
function selectorPatch({ metadata, spec }: Service, wanted: Labels, { weight, isUnrouted }: Intent): object {
  const current = spec?.selector ?? {};
  const original = originalSelector(metadata.annotations?.[selectorAnnotation]);
  const isReturned = weight === 100 && (original !== undefined || isUnrouted === true);
  const selector = isReturned ? (original ?? current) : weight === 100 ? current : wanted;
  const removed = Object.keys(current).filter((key) => !(key in selector));
  const remembered = isReturned || selector === current ? null : JSON.stringify(original ?? current);
  return {
    metadata: { annotations: { [selectorAnnotation]: remembered } },
    spec: { selector: { ...Object.fromEntries(removed.map((key) => [key, null])), ...selector } },
  };
}

function originalSelector(text: string | undefined): Labels | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? (value as Labels) : undefined;
  } catch {
    return undefined;
  }
}
