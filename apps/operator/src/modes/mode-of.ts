import { keyOf } from '@canaryop/reconcile/object';

import { metricAnalysis } from '../analysis/metrics/metric-analysis.ts';
import { queryAnalysis } from '../analysis/query/query-analysis.ts';
import {
  adoptedSpec,
  canaryPodSpec,
  ownedSpec,
  ratioSpec,
  type AdoptedSpec,
  type CanaryApp,
  type CanaryPodSpec,
  type OwnedSpec,
  type RatioSpec,
} from '../api/v1/canaryapp.ts';
import { Reason } from '../api/v1/reasons.ts';
import type { Mode } from '../rollout/mode.ts';
import type { Obstacle } from '../rollout/observed.ts';
import { adoptedSettings } from '../strategy/adopted-settings.ts';
import { canaryPodSettings } from '../strategy/canary-pod-settings.ts';
import { ratioSettings } from '../strategy/ratio-settings.ts';
import { ownedSettings } from '../strategy/owned-settings.ts';
import { adoptedDeployment } from '../targets/adopted/adopted-deployment.ts';
import { ratioDeployment } from '../targets/adopted/ratio-deployment.ts';
import { podShare } from '../targets/adopted/shared-counts.ts';
import { canaryPod, canaryPodShare } from '../targets/canary-pod/canary-pod.ts';
import { adoptedService } from '../targets/service/adopted-service.ts';
import { ownedDeployments } from '../targets/owned/owned-deployments.ts';
import { podShares } from '../traffic/pod-shares.ts';
import { podServices } from '../traffic/services/backends.ts';
import { adoptedRouter, leadsOutside, ownedRouter } from './routers.ts';
import { subjectsOf } from './subjects.ts';

/** The mode of an application, or why there is none for what its spec says. */
export function modeOf(app: CanaryApp): Mode | Obstacle {
  const owned = ownedSpec(app);
  if (owned !== undefined) return ownedMode(app, owned);
  const adopted = adoptedSpec(app);
  if (adopted === undefined) return unsupported;
  const pod = canaryPodSpec(adopted);
  if (pod !== undefined) return canaryPodMode(app, pod);
  const ratio = ratioSpec(adopted);
  return ratio === undefined ? adoptedMode(app, adopted) : ratioMode(app, ratio);
}

function ownedMode(app: CanaryApp, spec: OwnedSpec): Mode {
  return {
    target: ownedDeployments(app, spec),
    router: ownedRouter(app, spec),
    analysis: queryAnalysis(spec),
    settings: ownedSettings(spec),
  };
}

function adoptedMode(app: CanaryApp, spec: AdoptedSpec): Mode {
  const analysis = metricAnalysis(keyOf(app), spec.analysis, subjectsOf(app, spec));
  const settings = adoptedSettings(spec);
  if (spec.targetRef.kind === 'Service') {
    const target = adoptedService(app, spec, { canBeExternal: leadsOutside(spec) });
    return { target, router: adoptedRouter(app, spec, spec.targetRef.name), analysis, settings };
  }
  const target = adoptedDeployment(app, spec);
  const backends = podServices(app, spec, (live) => target.selectors(live));
  return { target, router: adoptedRouter(app, spec, app.metadata.name, backends), analysis, settings };
}

function ratioMode(app: CanaryApp, spec: RatioSpec): Mode {
  return {
    target: ratioDeployment(app, spec),
    router: podShares((live) => podShare(app, spec, live)),
    analysis: metricAnalysis(keyOf(app), spec.analysis, subjectsOf(app, spec), true),
    settings: ratioSettings(spec),
  };
}

function canaryPodMode(app: CanaryApp, spec: CanaryPodSpec): Mode {
  return {
    target: canaryPod(app, spec),
    router: podShares((live) => canaryPodShare(app, spec, live)),
    analysis: metricAnalysis(keyOf(app), spec.analysis, subjectsOf(app, spec), true),
    settings: canaryPodSettings(spec),
  };
}

/** What an application asks for, and only one application can have: what it releases, and where it is reached. */
export function claimsOf(app: CanaryApp): { readonly target: readonly string[]; readonly router: readonly string[] } {
  const mode = modeOf(app);
  return 'router' in mode ? { target: mode.target.claims, router: mode.router.claims } : { target: [], router: [] };
}

/** Every claim of an application. */
export function allClaimsOf(app: CanaryApp): readonly string[] {
  const { target, router } = claimsOf(app);
  return [...target, ...router];
}

/** What the rules of the CRD rule out. */
const unsupported: Obstacle = {
  reason: Reason.TargetUnsupported,
  message: 'neither image nor targetRef is set',
  stops: 'all',
};
