import type { CanaryPodSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';
import { adoptedSettings } from './adopted-settings.ts';

const secondMs = 1000;
/** Of the pods: rounded up it is one of them. */
const onePod = 1;

/** How an image is tried in a single pod: one step, which lasts as long as the pod has to do well. */
export function canaryPodSettings(spec: CanaryPodSpec): Settings {
  return {
    ...adoptedSettings(spec),
    trafficBy: 'pods',
    stepWeight: onePod,
    maxWeight: onePod,
    intervalMs: spec.canaryPod.durationSeconds * secondMs,
    checks: 'each',
    // What was there before never stops serving.
    returnsTraffic: false,
  };
}
