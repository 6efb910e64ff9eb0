import { Service } from '@canaryop/reconcile/kinds';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { canaryName, primaryName } from '../../api/v1/names.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects, ObjectRef } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import type { PodSelectors } from '../../rollout/pod-selectors.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import { entryService, entryServiceObstacle } from './entry-service.ts';
import { podService } from './pod-service.ts';

/** The Services that routes lead to. */
export interface Backends {
  readonly reads: readonly ObjectRef[];
  readonly owned: readonly ObjectRef[];
  obstacle(live: LiveObjects): Obstacle | undefined;
  children(live: LiveObjects, intent: Intent): readonly Child[];
}

/**
 * A Service over the pods of each workload, and one of the application's own name for those who know of no routes.
 * @param selectors the labels of the pods of both workloads; while they are not known, what is there stays
 */
export function podServices(
  app: CanaryApp,
  spec: AdoptedSpec,
  selectors: (live: LiveObjects) => PodSelectors | undefined,
): Backends {
  const { name } = app.metadata;
  const [stable, tried] = [primaryName(name), canaryName(name)];
  return {
    reads: [{ kind: Service, name }],
    owned: [stable, tried].map((own) => ({ kind: Service, name: own })),
    obstacle: (live) => entryServiceObstacle(app, spec, live),
    children: (live, intent) => {
      const labels = selectors(live);
      if (labels === undefined) return [];
      return [
        childOf(live, Service, stable, podService(app, spec, stable, labels.primary)),
        childOf(live, Service, tried, podService(app, spec, tried, labels.secondary)),
        ...entryService({ app, spec, live }, labels, intent),
      ];
    },
  };
}
