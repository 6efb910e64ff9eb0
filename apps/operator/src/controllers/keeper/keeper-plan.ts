import type { Desired } from '@canaryop/reconcile/client';
import type { Deployment } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import { CanaryApp, type FailedRevision } from '../../api/v1/canaryapp.ts';
import { canaryAnnotations, canaryName, commandAnnotation, toldFailureAnnotation } from '../../api/v1/names.ts';
import { ownStatus } from '../../rollout/revision-record.ts';
import { wishOf, type Validate, type Wish } from './wish.ts';

/** What there is, at one moment. */
export interface KeeperFacts {
  /** Of what kind workloads of this name are. */
  readonly kind: string;
  /** The workload, if it is there and has our label. */
  readonly workload: Deployment | undefined;
  /** The application of its name, whoever made it. */
  readonly app: CanaryApp | undefined;
}

type Annotations = Readonly<Record<string, string | null>>;

/** What one pass does; each part only where something differs. */
export interface KeeperPlan {
  readonly create?: Desired<CanaryApp>;
  readonly remove?: CanaryApp;
  /** Merge patches. */
  readonly app?: object;
  readonly workload?: object;
  /** What is wrong, to be told as an Event: said for the first time. */
  readonly problem?: string;
}

/**
 * Keeps one application for a workload that asks for it, and says on the workload what becomes of it. The application
 * remembers everything, so that a pass that was cut off is simply made again.
 */
export function keeperPlan({ kind, workload, app }: KeeperFacts, validate: Validate): KeeperPlan {
  if (workload === undefined) return app !== undefined && isMadeFor(app, { kind }) ? { remove: app } : {};
  if (workload.metadata.deletionTimestamp !== undefined || isMadeByUs(workload)) return {};
  if (app !== undefined && !isOurs(app, workload)) return foreign(workload, app);
  const wish = wishOf(workload, validate);
  if (app === undefined) return makeFor(workload, wish);
  return app.metadata.deletionTimestamp === undefined ? follow(workload, app, wish) : {};
}

/** The application is what is asked for, and the workload says what becomes of it, once that is about what is asked for. */
function follow(workload: Deployment, app: CanaryApp, wish: Wish): KeeperPlan {
  const isSeen = app.status?.observedGeneration === app.metadata.generation;
  const followed = wish.kind === 'app' ? { spec: { canaryPod: { container: null, ...wish.canaryPod } } } : {};
  const problem = wish.kind === 'wrong' ? wish.problem : obstacleOf(app, isSeen);
  if (!isSeen || isOther(app, wish)) return { ...says(workload, { problem }), app: followed };
  const { patch, said } = failing(workload, app);
  return {
    ...says(workload, { problem, pod: podOf(app), ...said }),
    app: { ...followed, ...(patch === undefined ? {} : { metadata: { annotations: patch } }) },
  };
}

/** Whether the application was made for a workload of this kind and its own name. */
function isMadeFor({ metadata }: CanaryApp, { kind }: { readonly kind: string }): boolean {
  return (
    metadata.ownerReferences?.some(
      (owner) => owner.controller === true && owner.kind === kind && owner.name === metadata.name,
    ) === true
  );
}

/** A workload that a CanaryApp has made asks for nothing, whatever its labels are. */
function isMadeByUs({ metadata }: Deployment): boolean {
  return (
    metadata.ownerReferences?.some(({ controller, kind }) => controller === true && kind === CanaryApp.kind) === true
  );
}

function isOurs(app: CanaryApp, workload: Deployment): boolean {
  return (
    app.metadata.ownerReferences?.some(
      ({ controller, uid }) => controller === true && uid === workload.metadata.uid,
    ) === true
  );
}

/** One that was made for an earlier workload of this name goes by garbage collection; any other is somebody else's. */
function foreign(workload: Deployment, app: CanaryApp): KeeperPlan {
  if (isMadeFor(app, workload)) return {};
  const { name } = app.metadata;
  return says(workload, {
    problem: `CanaryApp ${name} exists and was not made for this ${workload.kind}; delete it, or remove the label canary`,
  });
}

/** What the original service has left there, or a user has written, is as good as a failure of ours: it has to go first. */
function makeFor(workload: Deployment, wish: Wish): KeeperPlan {
  const isHeld = workload.metadata.annotations?.[canaryAnnotations.fail] !== undefined;
  if (wish.kind === 'wrong') return says(workload, { problem: wish.problem });
  return { ...says(workload, {}), ...(isHeld ? {} : { create: wish.app }) };
}

/** Whether the status is about another image than the one that is asked for now. */
function isOther({ spec }: CanaryApp, wish: Wish): boolean {
  return wish.kind === 'app' && spec.canaryPod?.image !== wish.canaryPod.image;
}

/** Why the application can't do its work; a failed image is told elsewhere. */
function obstacleOf({ status }: CanaryApp, isSeen: boolean): string | undefined {
  if (!isSeen || status?.phase !== 'Blocked') return undefined;
  const stalled = status.conditions?.find(({ type }) => type === 'Stalled');
  return stalled && `${stalled.reason}: ${stalled.message}`;
}

function podOf(app: CanaryApp): string | undefined {
  const { run } = ownStatus(app);
  const isThere = run !== undefined && run.step > 0;
  return isThere ? canaryName(app.metadata.name) : undefined;
}

/** What is to be written on the application about a failure, and what the workload says of it. */
interface Failing {
  readonly patch?: Annotations;
  /** Absent: whatever it says. */
  readonly said?: { readonly fail: string | undefined };
}

/**
 * A failure is told to the workload first, and then it is noted that it was. So when the workload says nothing of a
 * failure that is noted, somebody has taken it away, which asks for another try; the id of the request follows from the
 * failure, so that it is the same one however often it is asked.
 */
function failing(workload: Deployment, app: CanaryApp): Failing {
  const said = workload.metadata.annotations?.[canaryAnnotations.fail];
  const told = app.metadata.annotations?.[toldFailureAnnotation];
  const failure = ownStatus(app).failedRevisions?.find(({ image }) => image === app.spec.canaryPod?.image);
  // What we have never told of is not ours to take away.
  if (failure === undefined) return told === undefined ? {} : { said: { fail: undefined } };
  const id = idOf(failure);
  if (told === id && said === undefined) return { patch: { [commandAnnotation]: `retry@${failure.revision}#${id}` } };
  if (told === id) return {};
  const text = `${failure.image}: ${failure.reason}: ${failure.message}`;
  return present({ said: { fail: text }, patch: said === text ? { [toldFailureAnnotation]: id } : undefined });
}

function idOf({ time }: FailedRevision): string {
  return `canary-fail-${time.replaceAll(/[^0-9A-Za-z]/g, '')}`;
}

interface Said {
  readonly problem?: string | undefined;
  readonly pod?: string | undefined;
  readonly fail?: string | undefined;
}

/** What the workload has to say, as far as it does not say it yet. */
function says(workload: Deployment, said: Said): KeeperPlan {
  const { annotations: known = {} } = workload.metadata;
  const wanted: Annotations = {
    [canaryAnnotations.problem]: said.problem ?? null,
    ...('pod' in said ? { [canaryAnnotations.pod]: said.pod ?? null } : {}),
    ...('fail' in said ? { [canaryAnnotations.fail]: said.fail ?? null } : {}),
  };
  const isNews = said.problem !== undefined && known[canaryAnnotations.problem] !== said.problem;
  const isSaid = Object.entries(wanted).every(([key, value]) => (known[key] ?? null) === value);
  return present({
    workload: isSaid ? undefined : { metadata: { annotations: wanted } },
    problem: isNews ? said.problem : undefined,
  });
}
