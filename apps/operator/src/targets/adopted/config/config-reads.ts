import { ControllerRevision, type Deployment } from '@canaryop/reconcile/kinds';

import type { AdoptedSpec, CanaryApp } from '../../../api/v1/canaryapp.ts';
import { primaryName } from '../../../api/v1/names.ts';
import type { LiveObjects, ObjectRef } from '../../../rollout/live-objects.ts';
import { digestKind } from './config-digest.ts';
import { recordOf } from './config-record.ts';
import { configKey, refOfKey } from './references.ts';
import { trackedReferences } from './tracked-configs.ts';

/** What references are looked for in. */
export interface ConfigReadSource {
  readonly target: Deployment | undefined;
  readonly primary: Deployment | undefined;
  readonly live: LiveObjects;
}

/**
 * The ConfigMaps and Secrets that an application depends on: those of the target's template, and the originals of all
 * copies that primary has, or had when the run began.
 */
export function configReads(
  app: CanaryApp,
  spec: AdoptedSpec,
  { target, primary, live }: ConfigReadSource,
): readonly ObjectRef[] {
  const { run, trackedConfigs = {} } = app.status ?? {};
  const template = target?.spec?.template;
  const keys = new Set([
    ...(template === undefined ? [] : trackedReferences(spec, template).map(configKey)),
    ...Object.keys(trackedConfigs),
    ...Object.keys(run?.trackedConfigs ?? {}),
    ...Object.keys(recordOf(primary) ?? {}),
    ...Object.keys(recordOf(live.get(ControllerRevision, primaryName(app.metadata.name))) ?? {}),
  ]);
  return [...keys].map((key) => ({ kind: digestKind(key), name: refOfKey(key).name }));
}
