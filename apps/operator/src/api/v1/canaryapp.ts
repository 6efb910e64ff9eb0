import { defineKind, type ReadType } from '@canaryop/reconcile/crd';
import type { ObjectOf } from '@canaryop/reconcile/object';

import { specSchema } from './spec.ts';
import { statusSchema } from './status.ts';
import type { ratioFields } from './strategy.ts';

/** The CanaryApp: an application whose image changes are released step by step. One definition for type, CRD and validation. */
export const CanaryApp = defineKind({
  group: 'canary.atze.io',
  version: 'v1',
  kind: 'CanaryApp',
  description: 'An application whose new images are released step by step, and rolled back when they fail.',
  metadataName: { maxLength: 50, pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' },
  spec: specSchema,
  status: statusSchema,
  printerColumns: [
    { name: 'Image', type: 'string', jsonPath: '.status.wantedImage' },
    { name: 'Released', type: 'string', jsonPath: '.status.releasedImage', priority: 1 },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Weight', type: 'integer', jsonPath: '.status.trafficShift' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type CanaryApp = ObjectOf<typeof CanaryApp>;
export type CanaryAppSpec = ReadType<typeof specSchema>;
export type AnalysisSpec = NonNullable<CanaryAppSpec['analysis']>;
export type CanaryAppStatus = ReadType<typeof statusSchema>;
export type RunStatus = NonNullable<CanaryAppStatus['run']>;
export type RunStage = RunStatus['stage'];
export type RunOutcome = NonNullable<RunStatus['outcome']>;
export type Certificate = NonNullable<RunStatus['certificate']>;
export type ReleasedRevision = NonNullable<CanaryAppStatus['released']>;
export type FailedRevision = NonNullable<CanaryAppStatus['failedRevisions']>[number];
export type DecisionRecord = NonNullable<CanaryAppStatus['decisions']>[number];

type Companion = 'image' | 'imageListenPort' | 'replicas' | 'testReplicas' | 'prometheusQuery' | 'prometheusURL';

/** The spec of an application whose workloads we own: the rules of the CRD make the companions of image present. */
export type OwnedSpec = CanaryAppSpec & { readonly [K in Companion]-?: NonNullable<CanaryAppSpec[K]> };

/** The spec of an application that releases what was there before: the rules of the CRD make the port present. */
export type AdoptedSpec = CanaryAppSpec & {
  readonly analysis: AnalysisSpec;
  readonly targetRef: NonNullable<CanaryAppSpec['targetRef']>;
  readonly service: CanaryAppSpec['service'] & { readonly port: number };
};

/** What `spec.analysis` says where it is not there; its fields have these defaults, which a test compares. */
const defaultAnalysis: AnalysisSpec = {
  intervalSeconds: 60,
  threshold: 5,
  metrics: [],
  success: [],
  webhooks: [],
  onNoData: 'fail',
  onTooFewSamples: 'hold',
  onProviderError: 'fail',
};

/** What stands for a port in records, where the rules of the CRD let it be left out because nothing routes to it. */
const unroutedPort = 80;

/** The spec, if it is one with a target; without an analysis, with the one that judges by nothing. */
export function adoptedSpec(app: CanaryApp): AdoptedSpec | undefined {
  const { spec } = app;
  if (spec.targetRef === undefined) return undefined;
  const { analysis = defaultAnalysis, service, targetRef } = spec;
  return { ...spec, targetRef, analysis, service: { ...service, port: service.port ?? unroutedPort } };
}

/** The spec of an application that is released by the ratio of its pods: the rules of the CRD make its steps present. */
export type RatioSpec = AdoptedSpec & {
  readonly strategy: AdoptedSpec['strategy'] & {
    readonly [K in (typeof ratioFields)[number]]-?: NonNullable<AdoptedSpec['strategy'][K]>;
  };
};

/** The spec, if it is one of a replica ratio. */
export function ratioSpec(spec: AdoptedSpec): RatioSpec | undefined {
  return spec.traffic?.router === 'replicas' ? (spec as RatioSpec) : undefined;
}

/** The spec of an application that is tried in a single pod. */
export type CanaryPodSpec = AdoptedSpec & { readonly canaryPod: NonNullable<CanaryAppSpec['canaryPod']> };

/** The spec, if it is one of a single pod. */
export function canaryPodSpec(spec: AdoptedSpec): CanaryPodSpec | undefined {
  return spec.canaryPod === undefined ? undefined : (spec as CanaryPodSpec);
}

/** The spec, if it is one with an image. */
export function ownedSpec(app: CanaryApp): OwnedSpec | undefined {
  return app.spec.image === undefined ? undefined : (app.spec as OwnedSpec);
}
