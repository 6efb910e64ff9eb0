import type { FailedRevision } from '../../src/api/v1/canaryapp.ts';
import { at, runOf, v2, type Situation } from './situation.ts';

/** A recorded failure. */
export const failed = (revision = v2): FailedRevision => {
  const { id, image } = revision;
  return { revision: id, image, reason: 'CheckFailed', message: 'errors', time: at(500) };
};
/** Another application holds the host. */
export const hostConflict = {
  reason: 'HostConflict',
  message: 'host * is taken by CanaryApp a/b',
  stops: 'routes',
} as const;
/** A name that is needed is taken. */
export const foreign = { reason: 'ForeignObject', message: 'Service default/shop exists', stops: 'all' } as const;

/** Before the first pass. */
export const nothing: Situation = { primary: 'none', weight: 'none' };
/** Secondary is ready and settled, and has no traffic yet. */
export const starting: Situation = {
  wanted: v2,
  status: { run: runOf('Starting') },
  secondary: { runs: v2, readySince: 970 },
};
/** At 20 % since 960, so that the interval ends at 990. */
export const shifting: Situation = {
  wanted: v2,
  status: {
    run: runOf('Shifting', { step: 20, trafficSince: at(930) }),
    trafficShift: 20,
    testRunning: true,
    lastTrafficShift: at(960),
  },
  secondary: { runs: v2, readySince: 900 },
  weight: 20,
};
/** A check after the end of the interval of `shifting`. */
export const passed = { verdict: 'pass', askedAt: 995 } as const;
/** What `promoting` goes by. */
export const certificate = { kind: 'passed', detail: 'the check at 50 % passed', time: at(950) } as const;
/** Primary runs the new revision, ready and settled, and half of the traffic is still with secondary. */
export const promoting: Situation = {
  wanted: v2,
  status: {
    run: runOf('Promoting', { step: 50, trafficSince: at(600), stageSince: at(950), certificate }),
    trafficShift: 50,
    testRunning: true,
    lastTrafficShift: at(900),
  },
  primary: { runs: v2, readySince: 970 },
  secondary: { runs: v2, readySince: 900 },
  weight: 50,
};
/** A failed run whose secondary has drained. */
export const ending: Situation = {
  wanted: v2,
  status: {
    run: runOf('Ending', { outcome: 'Failed', trafficSince: at(600), drainSince: at(980) }),
    failedRevisions: [failed()],
  },
  secondary: { runs: v2, readySince: 900 },
};
