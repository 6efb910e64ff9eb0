import type { AdoptedSpec } from '../../../api/v1/canaryapp.ts';
import type { LiveObjects } from '../../../rollout/live-objects.ts';
import type { PodTemplate } from '../canonical-template.ts';
import { references, type ConfigRef } from './references.ts';
import { seeConfigs, type SeenConfigs } from './seen-configs.ts';

/** The references of a template that are tracked; none where the spec says so. */
export function trackedReferences(spec: AdoptedSpec, template: PodTemplate): readonly ConfigRef[] {
  return spec.configTracking === false ? [] : references(template);
}

/** What can be told of them now. */
export function trackedConfigs(spec: AdoptedSpec, template: PodTemplate, live: LiveObjects): SeenConfigs {
  return seeConfigs(trackedReferences(spec, template), live);
}

/** Every key whose object primary has, or will get, a copy of. */
export function copiedKeys({ values, missing }: SeenConfigs): readonly string[] {
  return [...Object.keys(values), ...missing];
}
