import type { Intent } from './decision.ts';
import type { LiveObjects } from './live-objects.ts';
import type { Mode } from './mode.ts';
import type { Child } from './write.ts';

/**
 * Every object of an application, in the order in which it is safe to write them: a weight goes down before anything
 * else changes and up after everything else has, and what a route refers to exists before it does.
 * @param mayClaim false while another application has what this one claims at the ingress
 */
export function children(
  { target, router }: Pick<Mode, 'target' | 'router'>,
  live: LiveObjects,
  intent: Intent,
  mayClaim: boolean,
): readonly Child[] {
  const { foundations, routes, standsAlone } = router.children(live, intent, mayClaim);
  const workloads = target.children(live, intent);
  const before = router.weight(live);
  if (typeof before === 'string') return [...foundations, ...routes, ...workloads];
  if (intent.weight >= before) return [...foundations, ...workloads, ...routes];
  // A refused foundation must not keep traffic where it is.
  return standsAlone ? [...routes, ...foundations, ...workloads] : [...foundations, ...routes, ...workloads];
}
