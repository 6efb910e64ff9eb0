import { ownedSpec, type CanaryApp } from '../api/v1/canaryapp.ts';
import { Reason } from '../api/v1/reasons.ts';
import type { Mode } from '../rollout/mode.ts';
import type { Obstacle } from '../rollout/observed.ts';
import { ownedSettings } from '../strategy/owned-settings.ts';
import { ownedDeployments } from '../targets/owned/owned-deployments.ts';
import { istioSubsets } from '../traffic/istio/istio-subsets.ts';

/** The mode of an application, or why there is none for what its spec says. */
export function modeOf(app: CanaryApp): Mode | Obstacle {
  const spec = ownedSpec(app);
  if (spec === undefined) return unsupported;
  return { target: ownedDeployments(app, spec), router: istioSubsets(app, spec), settings: ownedSettings(spec) };
}

/** What an application asks for at the ingress, and only one can have. */
export function claimsOf(app: CanaryApp): readonly string[] {
  const mode = modeOf(app);
  return 'router' in mode ? mode.router.claims : [];
}

const unsupported: Obstacle = {
  reason: Reason.TargetUnsupported,
  message: 'targetRef is not supported by this version of the operator; set image and its companions instead',
  stops: 'all',
};
