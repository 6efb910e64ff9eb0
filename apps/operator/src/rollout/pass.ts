import { parseTime } from '@canaryop/reconcile/env';
import { present } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryAppStatus, RunStatus } from '../api/v1/canaryapp.ts';
import type { Revision } from '../api/v1/revision.ts';
import { commandIdOf } from './command.ts';
import type { Notice } from './decision.ts';
import type { Observed, Obstacle } from './observed.ts';
import { releaseRecord, revisionOfReleased, revisionOfRun, withTracked } from './revision-record.ts';
import { nextStep, type Settings } from './settings.ts';
import { timestamp } from './timestamp.ts';

/** One run of `decide`: what was observed, what the status remembers of it, and what is wanted. */
export interface Pass {
  readonly now: number;
  readonly app: CanaryApp;
  /** The status to build on: as written, or empty when it is lost or of another uid, with the weight as read back. */
  readonly status: CanaryAppStatus;
  readonly observed: Observed;
  readonly settings: Settings;
  readonly wanted: Revision;
  readonly released?: Revision;
  readonly run?: RunStatus;
  /** What is to be told beside what the stage has to say, before it. */
  readonly told: readonly Notice[];
}

/** What is remembered of an application that nothing was written about yet. */
export const emptyStatus: CanaryAppStatus = {
  testRunning: false,
  trafficShift: 0,
  lastFailedTag: '',
  releasedImage: '',
};

/**
 * Opens a pass at the wall clock `now` (milliseconds since the epoch). While it can't be told what is wanted, it is what
 * was wanted last; where nothing ever was, there is no pass, but what stands in its way.
 */
export function openPass(facts: Observed, settings: Settings, now: number): Pass | Obstacle {
  const { app, wanted: told } = facts;
  const observed = isTold(told) ? facts : { ...facts, obstacle: told };
  const readBack = withReadBack(remembered(observed, now), observed, now);
  const counted = present({ ...readBack, replicas: observed.replicas?.count ?? readBack.replicas });
  const status = isTold(told) ? withTracked(counted, told) : counted;
  const { run } = status;
  const released = status.released && revisionOfReleased(status.released, status);
  const wanted = isTold(told) ? told : run === undefined ? released : revisionOfRun(run);
  if (wanted === undefined) return told as Obstacle;
  const shown = { ...status, wantedImage: wanted.image };
  return present({ now, observed, app, settings, status: shown, wanted, released, run, told: [] });
}

function isTold(wanted: Observed['wanted']): wanted is Revision {
  return 'id' in wanted;
}

/** The pass as it is once its run is over: what follows is decided in the same pass, not one write later. */
export function withoutRun(pass: Pass): Pass {
  const { run: _run, ...rest } = pass;
  const { run: _runStatus, ...status } = pass.status;
  return { ...rest, status };
}

/** The pass in which the next revision is judged. */
export function withoutBypass(pass: Pass): Pass {
  const { bypass: _bypass, ...status } = pass.status;
  return { ...pass, status };
}

/**
 * A status that was lost, or that belongs to an earlier object of the same name, says nothing, and a run without a
 * release to go back to is none. What primary runs then is the release: it got there by a certificate that is lost,
 * while the wanted image may never have been judged. Nor is it known which request was handled: the one that is there
 * must not promote what comes next.
 */
function remembered(observed: Observed, now: number): CanaryAppStatus {
  const { app, primary } = observed;
  const isOurs = app.status?.forUid !== undefined && app.status.forUid === app.metadata.uid;
  const known = (isOurs ? app.status : undefined) ?? emptyStatus;
  if (known.released !== undefined || known.run?.stage === 'Installing') return notInFuture(known, now);
  const { run: _run, ...status } = known;
  if (primary === undefined || primary.revision.port === 0) return status;
  const certificate = {
    kind: 'installed',
    detail: 'found on primary when the status was lost',
    time: timestamp(now),
  } as const;
  const lastCommand = commandIdOf(app) ?? status.lastCommand;
  return {
    ...status,
    ...releaseRecord(primary.revision, certificate),
    ...present({ lastCommand }),
  };
}

/** A clock that was set back leaves times in the future, which would be waited for: they are now. */
function notInFuture(status: CanaryAppStatus, now: number): CanaryAppStatus {
  const capped = (time: string | undefined): string | undefined => (timeOf(time) > now ? timestamp(now) : time);
  const { run, lastTrafficShift, ...rest } = status;
  const times = present({
    stageSince: capped(run?.stageSince),
    startedAt: capped(run?.startedAt),
    trafficSince: capped(run?.trafficSince),
    drainSince: capped(run?.drainSince),
    checkedAt: capped(run?.checkedAt),
  });
  return {
    ...rest,
    ...present({
      lastTrafficShift: capped(lastTrafficShift),
      run: run === undefined ? undefined : { ...run, ...times },
    }),
  };
}

/** Shows the weight once the routes say what was intended, and are followed: trafficShift is what was read back, never a wish. */
function withReadBack(status: CanaryAppStatus, observed: Observed, now: number): CanaryAppStatus {
  const { weight, unconfirmed } = observed;
  const intended = status.run?.step ?? 0;
  if (unconfirmed !== undefined || weight !== intended || status.trafficShift === weight) return status;
  return { ...status, trafficShift: weight, lastTrafficShift: timestamp(now), testRunning: weight > 0 };
}

/** The weight after `step`; undefined when there is none. */
export function stepAfter({ settings, observed }: Pass, step: number): number | undefined {
  return nextStep(settings, step, observed.replicas?.count ?? 1);
}

/** Milliseconds since the epoch of a time that we wrote; 0 when it is missing or was garbled by someone else. */
export function timeOf(text: string | undefined): number {
  return parseTime(text) ?? 0;
}
