import type { Deployment } from '@canaryop/reconcile/kinds';
import { present, type ManagedFieldsEntry } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryAppStatus, OwnedSpec, RunStage, RunStatus } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation } from '../../src/api/v1/names.ts';
import { revisionOf, type Revision } from '../../src/api/v1/revision.ts';
import { children } from '../../src/rollout/children.ts';
import type { Intent } from '../../src/rollout/decision.ts';
import type { Measurement, Obstacle, Replicas, Verdict, Workload } from '../../src/rollout/observed.ts';
import { plan, type Plan } from '../../src/rollout/plan.ts';
import type { Settings } from '../../src/rollout/settings.ts';
import { timestamp } from '../../src/rollout/timestamp.ts';
import { knownModeOf, liveObjects, slotOf, type Slots } from './slots.ts';
import { sampleSpec, uid } from './tiny-world.ts';

const startMs = 1_767_225_600_000;
const oldPort = 8088;

/** The moment, in seconds since the start, at which a situation is looked at if it does not say another. */
export const nowSeconds = 1_000;

export const v1 = revisionOf('shop:v1', oldPort);
export const v2 = revisionOf('shop:v2', oldPort);
export const v3 = revisionOf('shop:v3', oldPort);
export const v2OnNewPort = revisionOf('shop:v2', 9090);

/** A moment as status keeps it. */
export const at = (seconds: number): string => timestamp(startMs + seconds * 1000);

/** What a situation says of a workload: what it runs, and since when it is ready (absent: it is not). */
export interface Pods {
  readonly runs: Revision;
  readonly readySince?: number;
  readonly readyPods?: number;
  readonly failure?: string;
  readonly terminating?: boolean;
  /** Pods that are looked at one by one, by name. */
  readonly pods?: readonly string[];
  /** The field manager that set its count, and when. */
  readonly countSetBy?: { readonly manager: string; readonly at: number };
}

/** An answered check. */
export interface Check {
  readonly verdict: Verdict;
  readonly askedAt: number;
  readonly of?: Revision;
}

/** Parts of a status; what is undefined is not there. */
export type StatusParts = { readonly [K in keyof CanaryAppStatus]?: CanaryAppStatus[K] | undefined };

/** One moment of an application, in as few words as it takes. Times are seconds since the start. */
export interface Situation {
  readonly now?: number;
  readonly wanted?: Revision;
  readonly spec?: Partial<OwnedSpec>;
  /** What of the settings is not as the spec's mode has it. */
  readonly settings?: Partial<Settings>;
  readonly status?: StatusParts;
  /** The status is gone, or another object's. */
  readonly lost?: 'status' | 'uid';
  readonly primary?: Pods | 'none';
  readonly secondary?: Pods | undefined;
  /** What the routes say; `garbled`: nothing that we understand. Absent: 0. */
  readonly weight?: number | 'garbled' | 'none';
  readonly check?: Check;
  /** A check that was asked then has no answer yet. */
  readonly unanswered?: number;
  readonly obstacle?: Obstacle;
  /** Pods in all, where they are what shares the traffic out. */
  readonly replicas?: Replicas;
  /** Why what is wanted goes to primary at once. */
  readonly direct?: string;
  /** Nobody has said yet that requests go as the routes say. */
  readonly unconfirmed?: boolean;
  readonly command?: string;
  /** Who wrote the command, at the start. */
  readonly commandBy?: string;
  readonly deleting?: boolean;
  /** Since when this process has watched the application. */
  readonly watchedSince?: number;
}

/** The record of a run of v2. */
export function runOf(stage: RunStage, run: Partial<RunStatus> = {}, revision: Revision = v2): RunStatus {
  const { id, image, port } = revision;
  return { revision: id, image, port, stage, stageSince: at(900), step: 0, ...run };
}

/** The record of a rest at v1, and of what is said beside it. */
export function released(status: StatusParts = {}, revision: Revision = v1): CanaryAppStatus {
  const { id, image, port } = revision;
  const certificate = { kind: 'installed', detail: 'the first release', time: at(0) } as const;
  return present({
    testRunning: false,
    trafficShift: 0,
    lastFailedTag: '',
    releasedImage: image,
    successfulRelease: true,
    released: { revision: id, image, port, certificate },
    forUid: uid,
    ...status,
  }) as CanaryAppStatus;
}

/** What `plan` makes of a situation, in words that a row of a table can be read with. */
export interface Outcome {
  readonly phase: string | undefined;
  readonly ready: string | undefined;
  readonly reason: string | undefined;
  readonly stage: string | undefined;
  readonly step: number | undefined;
  readonly outcome: string | undefined;
  readonly primary: string | undefined;
  readonly secondary: string | undefined;
  readonly weight: number | undefined;
  readonly routePort: number | undefined;
  readonly ports: readonly number[] | undefined;
  /** Seconds since the start from which the query looks back; `now` when it asks about this moment alone. */
  readonly asks: number | 'now' | undefined;
  /** Seconds until the next look that time alone causes. */
  readonly wakes: number | undefined;
  readonly writes: readonly string[];
  readonly status: CanaryAppStatus | undefined;
  readonly told: readonly string[];
  /** Types of conditions that are False, beside Ready. */
  readonly remarks: readonly string[];
  /** Whether the count of a secondary that nobody wants is let be. */
  readonly leavesCount: boolean;
  readonly urgent: boolean;
  /** Pods in all, as the intent has them. */
  readonly replicas: number | undefined;
  readonly restoresTarget: boolean;
}

export function outcomeOf(situation: Situation): Outcome {
  return worded(planOf(situation));
}

/** The plan itself. */
export function planOf(situation: Situation): Plan {
  const app = appOf(situation);
  const { weight = 0, check, unanswered, obstacle, watchedSince, replicas, direct, now = nowSeconds } = situation;
  const primary = workloadOf(situation.primary === undefined ? { runs: v1, readySince: 0 } : situation.primary);
  const secondary = workloadOf(situation.secondary ?? 'none');
  const measurement = check && measurementOf(check, situation.wanted ?? v1);
  const lastAskedAt = unanswered === undefined ? measurement?.askedAt : startMs + unanswered * 1000;
  const mode = knownModeOf(app);
  return plan(
    { ...mode, settings: { ...mode.settings, ...situation.settings } },
    {
      app,
      wanted: revisionOf(app.spec.image ?? '', app.spec.imageListenPort ?? 0),
      mayClaim: true,
      live: liveObjects(liveOf(app, situation)),
      ...(primary === undefined ? {} : { primary }),
      ...(secondary === undefined ? {} : { secondary }),
      ...(typeof weight === 'number' ? { weight } : {}),
      ...(measurement === undefined ? {} : { measurement }),
      ...(lastAskedAt === undefined ? {} : { lastAskedAt }),
      ...present({ obstacle, replicas, direct }),
      ...(situation.unconfirmed === true ? { unconfirmed: 'the Gateway has not said yet' } : {}),
      ...(watchedSince === undefined ? {} : { watchedSince: startMs + watchedSince * 1000 }),
    },
    startMs + now * 1000,
  );
}

/** The application of a situation. */
export function appOf({ wanted = v1, spec = {}, status, lost, command, commandBy, deleting }: Situation): CanaryApp {
  const annotations = command === undefined ? {} : { annotations: { [commandAnnotation]: command } };
  const managed = commandBy === undefined ? {} : { managedFields: [annotator(commandBy)] };
  const end = deleting === true ? { deletionTimestamp: at(0) } : {};
  const written =
    status === undefined ? undefined : { ...released(status), ...(lost === 'uid' ? { forUid: 'other' } : {}) };
  return {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: { name: 'shop', namespace: 'default', uid, generation: 7, ...annotations, ...managed, ...end },
    spec: { ...sampleSpec, image: wanted.image, imageListenPort: wanted.port, ...spec },
    ...(written === undefined || lost === 'status' ? {} : { status: written }),
  };
}

function annotator(manager: string): ManagedFieldsEntry {
  const fieldsV1 = { 'f:metadata': { 'f:annotations': { [`f:${commandAnnotation}`]: {} } } };
  return { manager, operation: 'Update', time: at(0), fieldsV1 };
}

function workloadOf(pods: Pods | 'none'): Workload | undefined {
  if (pods === 'none') return undefined;
  const { runs, readySince, failure, terminating = false, countSetBy } = pods;
  const names = pods.pods;
  const ready = readySince !== undefined;
  return {
    revision: runs,
    ready,
    readyPods: pods.readyPods ?? (ready ? 1 : 0),
    terminating,
    ...(names === undefined ? {} : { pods: names.map((name) => ({ name, restarts: 0 })) }),
    ...(countSetBy === undefined ? {} : { countSetBy: { ...countSetBy, at: at(countSetBy.at) } }),
    ...(ready ? { readySince: startMs + readySince * 1000 } : {}),
    ...(failure === undefined
      ? {}
      : { failure: { reason: failure, message: 'container shop of pod shop-secondary-1' } }),
  };
}

function measurementOf({ verdict, askedAt, of }: Check, revision: Revision): Measurement {
  const revisionId = (of ?? revision).id;
  return { revisionId, verdict, askedAt: startMs + askedAt * 1000, detail: `the answer was ${verdict}` };
}

/** The children that fit what is observed, before the spec was edited, so that only what `plan` changes is a write. */
function liveOf(app: CanaryApp, situation: Situation): Slots {
  const { weight = 0, primary = { runs: v1 }, secondary } = situation;
  if (primary === 'none' && weight === 'none') return {};
  const stable = primary === 'none' ? v1 : primary.runs;
  const ports = [...new Set([stable.port, secondary?.runs.port ?? stable.port])];
  const intent: Intent = {
    primary: stable,
    ...(secondary === undefined ? {} : { secondary: secondary.runs }),
    weight: typeof weight === 'number' ? weight : 0,
    reach: 50,
    routePort: v1.port,
    servicePorts: ports,
  };
  const live: Partial<Record<keyof Slots, unknown>> = {};
  const mode = knownModeOf({ ...app, spec: sampleSpec });
  for (const { desired, kind, replicas } of children(mode, liveObjects({}), intent, true)) {
    if (desired === undefined) continue;
    const slot = slotOf(kind, desired.metadata.name);
    live[slot] = { ...desired, metadata: { ...desired.metadata, uid: `uid-of-${slot}`, resourceVersion: '1' } };
    const deployment = live[slot] as Deployment;
    if (replicas !== undefined) live[slot] = { ...deployment, spec: { ...deployment.spec, replicas: replicas.count } };
  }
  if (primary === 'none') delete live.primary;
  if (weight === 'none') delete live.virtualService;
  return live as Slots;
}

function worded(planned: Plan): Outcome {
  const { status, measure, requeueAfterMs, notices, urgent = false, writes } = planned;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const { stage, step, outcome }: Partial<RunStatus> = status?.run ?? {};
  const asked = measure?.since === undefined ? 'now' : (measure.since - startMs) / 1000;
  return {
    phase: status?.phase,
    ready: ready?.status,
    reason: ready?.reason,
    stage,
    step,
    outcome,
    ...wordedIntent(planned),
    asks: measure === undefined ? undefined : asked,
    wakes: requeueAfterMs === undefined ? undefined : requeueAfterMs / 1000,
    writes: writes.map(({ verb, kind }) => `${verb} ${kind.kind}`),
    status,
    told: notices.map(({ reason }) => reason),
    remarks: (status?.conditions ?? [])
      .filter((condition) => condition.status === 'False' && condition.type !== 'Ready')
      .map(({ type }) => type),
    leavesCount: planned.intent?.leavesCount === true,
    urgent,
    replicas: planned.intent?.replicas,
    restoresTarget: planned.intent?.restoresTarget === true,
  };
}

function wordedIntent({ intent }: Plan): Pick<Outcome, 'primary' | 'secondary' | 'weight' | 'routePort' | 'ports'> {
  return {
    primary: intent?.primary.image,
    secondary: intent?.secondary?.image,
    weight: intent?.weight,
    routePort: intent?.routePort,
    ports: intent?.servicePorts,
  };
}
