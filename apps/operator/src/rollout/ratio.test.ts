import { expect } from 'vitest';

import { failed } from '../../test/plan/moments.ts';
import { rows } from '../../test/plan/rows.ts';
import {
  at,
  released,
  runOf,
  v1,
  v2,
  v3,
  type Check,
  type Situation,
  type StatusParts,
} from '../../test/plan/situation.ts';
import type { CanaryAppStatus, RunStatus } from '../api/v1/canaryapp.ts';
import type { Settings } from './settings.ts';

const status = (parts: object): CanaryAppStatus => expect.objectContaining(parts) as CanaryAppStatus;
const run = (parts: object): CanaryAppStatus => status({ run: expect.objectContaining(parts) as RunStatus });

/** Five pods, a step of one, up to three; 30 s each, a check each 10 s, of which two may not fail. */
const settings: Partial<Settings> = {
  trafficBy: 'pods',
  stepWeight: 4,
  maxWeight: 50,
  intervalMs: 30_000,
  startDelayMs: 5_000,
  checkIntervalMs: 10_000,
  checks: 'each',
  threshold: 2,
  trialDeadlineMs: 120_000,
  restoresTarget: true,
  settleMs: 0,
};
const five: Situation = { settings, replicas: { count: 5 } };
/** At two pods of five since 960, so that the step ends at 990. */
const shifting: Situation = {
  ...five,
  wanted: v2,
  status: {
    run: runOf('Shifting', { step: 40, trafficSince: at(900) }),
    trafficShift: 40,
    testRunning: true,
    lastTrafficShift: at(960),
  },
  secondary: { runs: v2, readySince: 955, readyPods: 2 },
  weight: 40,
};
const withRun = (parts: Partial<RunStatus>, beside: StatusParts = {}): Situation => ({
  ...shifting,
  status: { ...shifting.status, ...beside, run: { ...(shifting.status?.run ?? runOf('Shifting')), ...parts } },
});
const pass = (askedAt: number): Check => ({ verdict: 'pass', askedAt });
const breach = (askedAt: number): Check => ({ verdict: 'breach', askedAt });
/** A release that failed, of which nothing is left but the target's template. */
const over: Situation = { ...five, wanted: v2, status: { failedRevisions: [failed()], successfulRelease: false } };
const putBack = { ...failed(), isPutBack: true };

rows('C. steps of pods', [
  [
    'a run that begins says how long it should take, and its secondary has no pods yet',
    { ...five, wanted: v2, status: {} },
    { stage: 'Starting', weight: 0, replicas: 5, told: ['CanaryStarted', 'CanaryStarted'] },
  ],
  [
    'and what was changed of its settings',
    { ...five, settings: { ...settings, notes: ['raised'] }, wanted: v2, status: {} },
    { told: ['CanaryStarted', 'CanaryStarted', 'CanaryStarted'] },
  ],
  [
    'its first pod is its first traffic: nothing is made ready before',
    { ...five, wanted: v2, status: { run: runOf('Starting', { stageSince: at(999) }) }, check: pass(999.5) },
    { stage: 'Shifting', step: 20, weight: 20 },
  ],
  [
    'what stands in the way keeps it from that',
    {
      ...five,
      wanted: v2,
      status: { run: runOf('Starting', { stageSince: at(999) }) },
      check: pass(999.5),
      obstacle: { reason: 'ForeignObject', message: 'taken', stops: 'routes' },
    },
    { stage: 'Starting', weight: 0 },
  ],
  [
    'pods on their way are waited for with their weight, until abortSeconds are over',
    { ...withRun({ step: 60 }), secondary: { runs: v2, readyPods: 2 }, weight: 40 },
    { stage: 'Shifting', step: 60, weight: 60, wakes: 110 },
  ],
  [
    'and then the run has failed',
    { ...withRun({ step: 60 }), now: 1111, secondary: { runs: v2, readyPods: 2 }, weight: 40 },
    { outcome: 'Failed', weight: 0, reason: 'ProgressDeadlineExceeded' },
  ],
  [
    'no pod that is ready is no end: they are on their way',
    { ...withRun({ step: 20 }, { trafficShift: 0 }), secondary: { runs: v2, readyPods: 0 }, weight: 0 },
    { stage: 'Shifting', weight: 20 },
  ],
  ['a step ends with a check that passed', { ...shifting, check: pass(992) }, { step: 60, weight: 60 }],
  [
    'the last one promotes',
    { ...withRun({ step: 60 }, { trafficShift: 60 }), weight: 60, check: pass(992) },
    { stage: 'Promoting', primary: 'shop:v2' },
  ],
  ['not before its time', { ...shifting, now: 980, check: pass(976) }, { step: 40, told: [] }],
  [
    'somebody took all of secondary’s pods: it begins again',
    { ...shifting, secondary: undefined, weight: 0 },
    { stage: 'Starting', step: 0, weight: 0, told: ['CapacityLost'] },
  ],
  [
    'they are there and none is ready any more, within the time that they have to become ready: it begins again',
    {
      ...withRun({ trafficSince: at(881) }),
      secondary: { runs: v2, readyPods: 0, pods: ['shop-canary'] },
      weight: 0,
    },
    { stage: 'Starting', step: 0, weight: 0, told: ['CapacityLost'] },
  ],
  [
    'later than that it has failed, or one that comes and goes would be tried for ever',
    {
      ...withRun({ trafficSince: at(880) }),
      secondary: { runs: v2, readyPods: 0, pods: ['shop-canary'] },
      weight: 0,
    },
    { outcome: 'Failed', weight: 0, reason: 'ProgressDeadlineExceeded' },
  ],
  [
    'later than that, and nobody watched it: it begins again',
    {
      ...withRun({ trafficSince: at(880) }),
      secondary: { runs: v2, readyPods: 0, pods: ['shop-canary'] },
      weight: 0,
      watchedSince: 950,
    },
    { stage: 'Starting', told: ['CapacityLost'] },
  ],
  [
    'when it begins again its pods have as long as the first time',
    {
      ...withRun({ step: 20, stageSince: at(879) }, { trafficShift: 0, lastTrafficShift: at(875) }),
      secondary: { runs: v2, readyPods: 0 },
      weight: 0,
    },
    { outcome: 'Failed', reason: 'ProgressDeadlineExceeded' },
  ],
  [
    'somebody gave primary some of them back: the smaller share stands',
    { ...shifting, weight: 20 },
    { stage: 'Shifting', step: 20, weight: 20, told: ['TrafficDrift'] },
  ],
]);

rows('C. each check of a step', [
  ['none is asked before the start delay is over', { ...shifting, now: 964 }, { asks: undefined, wakes: 1 }],
  ['then they are', { ...shifting, now: 965 }, { asks: 900 }],
  ['each interval', { ...shifting, now: 976, check: pass(966) }, { asks: 900 }],
  [
    'one that failed counts at once, and keeps the step',
    { ...shifting, now: 967, check: breach(966) },
    { step: 40, told: ['CheckFailed'], status: run({ failedChecks: 1, checkedAt: at(966) }) },
  ],
  [
    'and counts once',
    { ...withRun({ failedChecks: 1, checkedAt: at(966) }), now: 968, check: breach(966) },
    { step: 40, told: [], status: run({ failedChecks: 1 }) },
  ],
  [
    'as many as the limit end the run',
    { ...withRun({ failedChecks: 1, checkedAt: at(966) }), now: 977, check: breach(976) },
    { outcome: 'Failed', weight: 0, told: ['CheckFailed'] },
  ],
  [
    'one that was asked before the step began counts for nobody',
    { ...shifting, now: 966, check: breach(964) },
    { step: 40, told: [] },
  ],
  [
    'a failed one at the end keeps the step, and the next one decides',
    { ...shifting, now: 992, check: breach(991) },
    { step: 40, wakes: 9, status: run({ failedChecks: 1 }) },
  ],
  [
    'a provider without an answer is a failed check',
    { ...shifting, now: 967, check: { verdict: 'error', askedAt: 966 } },
    { step: 40, told: ['ProviderFailed'], status: run({ failedChecks: 1 }) },
  ],
  [
    'the next step counts anew',
    { ...withRun({ failedChecks: 1, checkedAt: at(966) }), check: pass(992) },
    { step: 60, status: run({ step: 60 }) },
  ],
]);

rows('C. what a change asks for', [
  [
    'direct: primary gets it at once, by an override that names the rule',
    { ...five, wanted: v2, status: {}, direct: 'direct: the same containers' },
    {
      stage: 'Promoting',
      secondary: undefined,
      primary: 'shop:v2',
      status: run({
        isDirect: true,
        certificate: { kind: 'override', detail: 'direct: the same containers', time: at(1000) },
      }),
    },
  ],
  [
    'where primary runs it already, it is released as it is, though it had failed',
    {
      wanted: v2,
      primary: { runs: v2, readySince: 990 },
      status: { failedRevisions: [failed()], successfulRelease: false },
      direct: 'direct: Deployment shop runs it already',
    },
    { stage: 'Promoting', primary: 'shop:v2', secondary: undefined },
  ],
  [
    'what failed is refused though it needs no trial, while primary runs something else',
    { wanted: v2, status: { failedRevisions: [failed()] }, direct: 'direct: the same containers' },
    { reason: 'RevisionRefused', primary: 'shop:v1' },
  ],
  [
    'scale: the count is taken over, recorded and said, and nothing is released',
    { ...five, status: {}, replicas: { count: 5, set: { count: 9, manager: 'kubectl' } } },
    { phase: 'Released', replicas: 9, told: ['Scaled'], status: status({ replicas: 9 }) },
  ],
  [
    'scale, while pods of the release are still the user’s: nothing is left over',
    {
      ...five,
      status: {},
      replicas: { count: 9, set: { count: 9, manager: 'kubectl' } },
      secondary: { runs: v1, readySince: 900, countSetBy: { manager: 'kubectl', at: 990 } },
    },
    { phase: 'Released', stage: undefined, secondary: undefined },
  ],
  [
    'scale in the middle: the run keeps its share, as far as the new number can show it',
    { ...shifting, replicas: { count: 5, set: { count: 9, manager: 'kubectl' } } },
    { stage: 'Shifting', step: 44, weight: 44, replicas: 9, told: ['Scaled'] },
  ],
  [
    'a count that comes with another revision is the beginning of its run',
    {
      ...five,
      wanted: v2,
      status: {},
      replicas: { count: 5, set: { count: 5, manager: 'kubectl' } },
      secondary: { runs: v2, readySince: 900, countSetBy: { manager: 'kubectl', at: 990 } },
    },
    { stage: 'Starting', weight: 0 },
  ],
  [
    'a count that is set back again and again is let be',
    {
      ...five,
      status: { replicasContest: { count: 2, at: at(950), manager: 'argo', setAt: at(940) } },
      secondary: { runs: v1, readySince: 900, countSetBy: { manager: 'argo', at: 990 } },
    },
    { phase: 'Released', leavesCount: true, told: ['ReplicasContested'], remarks: ['AbleToScale'] },
  ],
]);

rows('C. after a rollback', [
  [
    'the target is put back',
    over,
    { phase: 'RollingBack', primary: 'shop:v1', restoresTarget: true, told: ['TargetRestored'] },
  ],
  [
    'once its pods are gone',
    {
      ...over,
      replicas: { count: 5, set: { count: 5, manager: 'kubectl' } },
      secondary: { runs: v2, readySince: 900 },
    },
    { restoresTarget: false, reason: 'RevisionRefused' },
  ],
  [
    'that it is back is recorded, and what failed stays said',
    { ...over, wanted: v1 },
    { phase: 'Failed', ready: 'False', reason: 'RolledBack', status: status({ failedRevisions: [putBack] }) },
  ],
  [
    'the same change is another try from then on',
    { ...over, status: { failedRevisions: [putBack] } },
    { stage: 'Starting', status: status({ failedRevisions: [] }) },
  ],
  [
    'another change is one, too',
    { ...over, wanted: v3, status: { failedRevisions: [putBack] } },
    { stage: 'Starting', status: status({ failedRevisions: [putBack] }) },
  ],
  [
    'without restoreTarget it is refused',
    { ...over, settings: { ...settings, restoresTarget: false } },
    { reason: 'RevisionRefused', restoresTarget: false },
  ],
  [
    'retry tries it at once',
    { ...over, command: 'retry@next#1' },
    { stage: 'Starting', told: ['RetryRequested', 'CanaryStarted', 'CanaryStarted'] },
  ],
]);

rows('C. leftovers at start', [
  [
    'a secondary that no record knows of is rolled back, and counts as failed',
    { ...five, wanted: v2, lost: 'status', status: released(), secondary: { runs: v2, readySince: 900 }, weight: 40 },
    { stage: 'Ending', outcome: 'Failed', weight: 0, status: status({ lastFailedTag: 'shop:v2' }) },
  ],
  [
    'where there is a record, pods that are on their way out and get another template are the beginning of a run',
    { ...five, wanted: v2, status: {}, secondary: { runs: v2, readyPods: 2 } },
    { stage: 'Starting', weight: 0, status: status({ lastFailedTag: '' }) },
  ],
]);
