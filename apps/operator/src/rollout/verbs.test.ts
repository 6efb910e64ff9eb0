import { expect } from 'vitest';

import type { CanaryAppStatus, RunStatus } from '../api/v1/canaryapp.ts';
import { failed, passed, promoting, shifting, starting } from '../../test/plan/moments.ts';
import { rows } from '../../test/plan/rows.ts';
import { at, runOf, v2, v3 } from '../../test/plan/situation.ts';
import type { Situation } from '../../test/plan/situation.ts';

const status = (parts: Partial<CanaryAppStatus>): CanaryAppStatus => expect.objectContaining(parts) as CanaryAppStatus;
const withRun = (moment: Situation, run: object): Situation => ({
  ...moment,
  status: { ...moment.status, run: { ...(moment.status?.run ?? runOf('Shifting')), ...run } },
});

rows('E. abort', [
  [
    'ends a run that shifts, as failed: weight 0, and it is not tried again',
    { ...shifting, command: 'abort@next#1' },
    {
      outcome: 'Failed',
      weight: 0,
      told: ['Aborted'],
      urgent: true,
      status: status({ lastCommand: '1', lastFailedTag: 'shop:v2', successfulRelease: false }),
    },
  ],
  ['ends a run that starts', { ...starting, command: `abort@${v2.id}#1` }, { outcome: 'Failed', reason: 'Aborted' }],
  [
    'is handled once',
    { ...shifting, status: { ...shifting.status, lastCommand: '1' }, command: 'abort@next#1' },
    { stage: 'Shifting', weight: 20 },
  ],
  [
    'is handled once, though others were handled since: git may bring it back',
    { ...shifting, status: { ...shifting.status, lastCommand: '2', earlierCommands: ['1'] }, command: 'abort@next#1' },
    { stage: 'Shifting', weight: 20, told: [] },
  ],
  [
    'is refused at rest, where it would end a release that nobody has seen yet',
    { wanted: v2, status: { failedRevisions: [failed()] }, command: 'abort@next#1' },
    { told: ['CommandRefused'], reason: 'RevisionRefused', status: status({ lastCommand: '1' }) },
  ],
  [
    'is refused once the promotion is recorded, which goes on',
    { ...promoting, command: 'abort@next#1' },
    { told: ['CommandRefused'], stage: 'Promoting', weight: 0 },
  ],
]);

rows('E. skip', [
  [
    'takes this step without its check, before the interval is over',
    { ...shifting, now: 970, command: 'skip@next#1' },
    { step: 30, weight: 30, told: ['StepSkipped', 'TrafficShifted'], status: status({ lastCommand: '1' }) },
  ],
  [
    'takes the first step without settling and without asking',
    { ...starting, now: 971, command: 'skip@next#1' },
    { stage: 'Shifting', weight: 10, told: ['StepSkipped', 'TrafficShifted'] },
  ],
  [
    'waits until secondary is ready',
    { ...starting, secondary: { runs: v2 }, command: 'skip@next#1' },
    { stage: 'Starting', weight: 0, told: [], status: status({ releasedImage: 'shop:v1' }) },
  ],
  [
    'promotes at the last step',
    { ...shifting, spec: { strategy: { stepWeight: 10, maxWeight: 20 } }, command: 'skip@next#1' },
    { stage: 'Promoting', told: ['StepSkipped', 'PromotionStarted'] },
  ],
  [
    'does not hide a breach',
    { ...shifting, check: { verdict: 'breach', askedAt: 995 }, command: 'skip@next#1' },
    { outcome: 'Failed', weight: 0 },
  ],
]);

rows('E. pause and resume', [
  [
    'pause is recorded, and keeps the weight',
    { ...shifting, check: passed, command: 'pause@next#1' },
    {
      step: 20,
      weight: 20,
      reason: 'Paused',
      ready: 'Unknown',
      told: ['Paused'],
      status: status({ lastCommand: '1', run: expect.objectContaining({ paused: true }) as RunStatus }),
    },
  ],
  [
    'a paused run keeps its weight after a passed check, and goes on being asked',
    withRun({ ...shifting, now: 998, check: passed }, { paused: true }),
    { step: 20, weight: 20, reason: 'Paused', told: [], wakes: 2 },
  ],
  [
    'a paused run is judged all the same',
    withRun({ ...shifting, check: { verdict: 'breach', askedAt: 995 } }, { paused: true }),
    { outcome: 'Failed', weight: 0 },
  ],
  [
    'a run paused before its first weight gets none',
    withRun({ ...starting, check: passed }, { paused: true }),
    { stage: 'Starting', weight: 0, reason: 'Paused' },
  ],
  [
    'pause for the next run waits for it',
    { wanted: v2, status: {}, command: 'pause@next#1' },
    { stage: 'Starting', told: ['CanaryStarted'] },
  ],
  [
    'resume lets it go on where it stood',
    withRun({ ...shifting, check: passed, command: 'resume@next#2' }, { paused: true }),
    { step: 30, weight: 30, told: ['Resumed', 'TrafficShifted'], status: status({ lastCommand: '2' }) },
  ],
  [
    'resume is refused where nothing is paused',
    { ...shifting, command: 'resume@next#1' },
    { told: ['CommandRefused'], step: 20 },
  ],
  [
    'a paused run can be promoted',
    withRun({ ...shifting, command: 'promote@next#3' }, { paused: true }),
    { stage: 'Promoting' },
  ],
]);

rows('E. what is refused', [
  [
    'an unknown verb is said once, and the run goes on',
    { ...shifting, check: passed, command: 'explode@next#1' },
    { step: 30, told: ['CommandRefused', 'TrafficShifted'], status: status({ lastCommand: '1' }) },
  ],
  [
    'a verb for another revision is said once, and does nothing',
    { ...shifting, command: `promote@${v3.id}#1` },
    { stage: 'Shifting', step: 20, told: ['CommandRefused'], status: status({ lastCommand: '1' }) },
  ],
  [
    'text that is no request is said once',
    { ...shifting, command: 'promote please' },
    { told: ['CommandRefused'], status: status({ lastCommand: 'promote please' }) },
  ],
  [
    'and not again',
    { ...shifting, status: { ...shifting.status, lastCommand: 'promote please' }, command: 'promote please' },
    { told: [] },
  ],
  [
    'retry of a revision that has not failed',
    { status: {}, command: 'retry@next#1' },
    { told: ['CommandRefused'], phase: 'Released' },
  ],
]);

rows('B. failed checks', [
  [
    'a failed check below the threshold is counted, and holds the weight',
    { ...shifting, settings: { threshold: 3 }, check: { verdict: 'breach', askedAt: 995 } },
    {
      step: 20,
      weight: 20,
      told: ['CheckFailed'],
      wakes: 25,
      status: status({ run: expect.objectContaining({ failedChecks: 1, checkedAt: at(995) }) as RunStatus }),
    },
  ],
  [
    'the next check comes an interval later',
    withRun(
      {
        ...shifting,
        settings: { threshold: 3, checkIntervalMs: 30_000 },
        now: 1_010,
        check: { verdict: 'breach', askedAt: 995 },
      },
      { failedChecks: 1, checkedAt: at(995) },
    ),
    { step: 20, told: [], asks: undefined, wakes: 15 },
  ],
  [
    'a passed check goes on from there',
    withRun(
      { ...shifting, settings: { threshold: 3 }, now: 1_030, check: { verdict: 'pass', askedAt: 1_026 } },
      { failedChecks: 1, checkedAt: at(995) },
    ),
    { step: 30, weight: 30 },
  ],
  [
    'the threshold rolls back',
    withRun(
      { ...shifting, settings: { threshold: 3 }, now: 1_030, check: { verdict: 'breach', askedAt: 1_026 } },
      { failedChecks: 2, checkedAt: at(995) },
    ),
    { outcome: 'Failed', weight: 0, reason: 'CheckFailed' },
  ],
  [
    'a new revision begins with none',
    {
      wanted: v3,
      settings: { threshold: 3 },
      status: { run: runOf('Ending', { outcome: 'Cancelled', failedChecks: 2, drainSince: at(900) }) },
    },
    { stage: 'Starting', status: status({ run: expect.not.objectContaining({ failedChecks: 2 }) as RunStatus }) },
  ],
  [
    'in between a breach does not count',
    { ...shifting, settings: { threshold: 3 }, now: 985, check: { verdict: 'breach', askedAt: 983 } },
    { step: 20, weight: 20, told: [] },
  ],
]);

const unjudged = (verdict: 'noData' | 'tooFewSamples' | 'error', policy: 'fail' | 'hold' | 'pass'): Situation => ({
  ...shifting,
  settings: { unjudged: { noData: 'fail', tooFewSamples: 'fail', error: 'fail', [verdict]: policy } },
  check: { verdict, askedAt: 995 },
});

rows('B. what judges nobody', [
  ['no data fails', unjudged('noData', 'fail'), { outcome: 'Failed', reason: 'NoData' }],
  [
    'no data holds the weight',
    unjudged('noData', 'hold'),
    { step: 20, weight: 20, reason: 'NoData', told: ['NoData'] },
  ],
  [
    'no data passes, and that is said',
    unjudged('noData', 'pass'),
    { step: 30, told: ['NoDataIgnored', 'TrafficShifted'] },
  ],
  ['too few samples fail', unjudged('tooFewSamples', 'fail'), { outcome: 'Failed', reason: 'TooFewSamples' }],
  ['too few samples hold the weight', unjudged('tooFewSamples', 'hold'), { step: 20, reason: 'TooFewSamples' }],
  [
    'too few samples pass, and that is said',
    unjudged('tooFewSamples', 'pass'),
    { step: 30, told: ['TooFewSamplesIgnored', 'TrafficShifted'] },
  ],
  ['an error holds the weight', unjudged('error', 'hold'), { step: 20, reason: 'ProviderFailed' }],
  [
    'before there is traffic, no data is no answer against the release',
    { ...starting, check: { verdict: 'noData', askedAt: 995 } },
    { stage: 'Shifting', weight: 10 },
  ],
]);
