import type { ApiObject } from '../object/api-object.ts';
import type { Strategy } from '../registry/strategy.ts';
import { autoscalerStrategy } from './autoscaler-strategy.ts';
import { coreStrategies, endpointSliceStrategy } from './core-strategies.ts';
import { definitionStrategy } from './definition-strategy.ts';
import { rbacStrategies } from './rbac-strategies.ts';
import { webhookStrategies } from './webhook-strategies.ts';
import { workloadStrategies } from './workload-strategies.ts';

const countsSpec: Strategy = { generationOf: (object: ApiObject) => object['spec'] };

const leaseStrategy: Strategy = { createsOnUpdate: true, requiresVersion: true };

const groups: Readonly<Record<string, (kind: string) => Strategy | undefined>> = {
  '': (kind) => coreStrategies[kind],
  'events.k8s.io': (kind) => coreStrategies[kind],
  apps: (kind) => workloadStrategies[kind],
  'rbac.authorization.k8s.io': (kind) => rbacStrategies[kind],
  'apiextensions.k8s.io': () => definitionStrategy,
  'discovery.k8s.io': () => endpointSliceStrategy,
  autoscaling: () => autoscalerStrategy,
  batch: () => countsSpec,
  'coordination.k8s.io': () => leaseStrategy,
  'networking.k8s.io': () => countsSpec,
  policy: () => ({ ...countsSpec, requiresVersion: true }),
  'admissionregistration.k8s.io': (kind) => webhookStrategies[kind] ?? { ...countsSpec, requiresVersion: true },
};

/** The strategy of a built-in kind; empty for kinds that have no rules beyond their schema. */
export function strategyFor(group: string, kind: string): Strategy {
  return groups[group]?.(kind) ?? {};
}
