import { CanaryApp, VirtualService, weightOf } from '@canaryop/operator';
import type { ObjectKey } from '@canaryop/reconcile/object';
import type { Loopback } from '@canaryop/simkube';

/** What the cluster shows of a CanaryApp. */
export interface RolloutState {
  /** Secondary's weight, as the VirtualService says it. */
  readonly weight: number;
  readonly releasedImage: string;
  readonly lastFailedTag: string;
  /** What the newest decision says. */
  readonly lastReason: string;
  readonly isPromoting: boolean;
  /** Nothing is under way for the present spec. */
  readonly isAtRest: boolean;
}

/** Reads what `kubectl get canaryapp,virtualservice` would show. */
export function rolloutState(api: Loopback, key: ObjectKey): RolloutState {
  const routes = api.get(VirtualService, key);
  const weight = (routes && weightOf(routes)) ?? 0;
  const { metadata, status } = api.get(CanaryApp, key) ?? {};
  if (status === undefined) return { ...nothingYet, weight };
  return {
    weight,
    releasedImage: status.releasedImage,
    lastFailedTag: status.lastFailedTag,
    lastReason: status.decisions?.[0]?.message ?? '',
    isPromoting: status.run?.stage === 'Promoting',
    isAtRest: status.run === undefined && status.observedGeneration === metadata?.generation,
  };
}

const nothingYet: Omit<RolloutState, 'weight'> = {
  releasedImage: '',
  lastFailedTag: '',
  lastReason: '',
  isPromoting: false,
  isAtRest: false,
};
