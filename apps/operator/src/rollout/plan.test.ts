import { expect } from 'vitest';

import {
  ending,
  failed,
  foreign,
  hostConflict,
  nothing,
  passed,
  certificate,
  promoting,
  shifting,
  starting,
} from '../../test/plan/moments.ts';
import { rows, type Row } from '../../test/plan/rows.ts';
import { at, nowSeconds, runOf, v1, v2, v2OnNewPort, v3 } from '../../test/plan/situation.ts';

rows('1. Install', [
  [
    'primary at spec.image, all traffic on it',
    nothing,
    { stage: 'Installing', primary: 'shop:v1', secondary: undefined, weight: 0, phase: 'Installing', ready: 'Unknown' },
  ],
  [
    'children are made in the order Service, DestinationRule, VirtualService',
    nothing,
    {
      writes: [
        'create Service',
        'create DestinationRule',
        'create Gateway',
        'create VirtualService',
        'create Deployment',
      ],
    },
  ],
  [
    'when it is ready successfulRelease is true and releasedImage its image',
    { status: { released: undefined, releasedImage: '', run: runOf('Installing', {}, v1) } },
    {
      phase: 'Released',
      ready: 'True',
      stage: undefined,
      status: expect.objectContaining({ successfulRelease: true, releasedImage: 'shop:v1' }),
    },
  ],
  [
    'while releasedImage is empty, a new image goes straight to primary',
    {
      wanted: v2,
      status: { released: undefined, releasedImage: '', run: runOf('Installing', {}, v1) },
      primary: { runs: v1 },
    },
    { stage: 'Installing', primary: 'shop:v2', secondary: undefined, weight: 0 },
  ],
  [
    'an image that does not start is said, and waited for',
    {
      status: { released: undefined, releasedImage: '', run: runOf('Installing', {}, v1) },
      primary: { runs: v1, failure: 'ImagePullBackOff' },
    },
    { stage: 'Installing', reason: 'PodFailed', ready: 'Unknown' },
  ],
]);

rows('2. A new revision', [
  [
    'starts a secondary with testReplicas, without traffic',
    { wanted: v2, status: {} },
    { stage: 'Starting', primary: 'shop:v1', secondary: 'shop:v2', weight: 0, writes: ['create Deployment'] },
  ],
  [
    'waits until secondary is ready, at most progressDeadlineSeconds',
    { ...starting, secondary: { runs: v2 } },
    { stage: 'Starting', weight: 0, asks: undefined, wakes: 500 },
  ],
  [
    'lets it settle for deploymentReadyWaitTime',
    { ...starting, secondary: { runs: v2, readySince: 985 } },
    { weight: 0, asks: undefined, wakes: 5 },
  ],
  ['asks once just before the first weight', starting, { weight: 0, asks: 'now' }],
  [
    'then weight stepWeight',
    { ...starting, check: passed },
    { stage: 'Shifting', step: 10, weight: 10, writes: ['apply VirtualService'] },
  ],
  [
    'then one check every interval',
    { ...shifting, now: 985, check: { verdict: 'pass', askedAt: 983 } },
    { step: 20, weight: 20, writes: [], asks: undefined, wakes: 3 },
  ],
  [
    'a step that came late hands its lateness on to no other',
    {
      ...shifting,
      status: { ...shifting.status, lastTrafficShift: at(962) },
      now: 991,
      check: { verdict: 'pass', askedAt: 990.5 },
    },
    { step: 30, weight: 30 },
  ],
  [
    'an interval that began anew somewhere else is a whole one',
    {
      ...shifting,
      status: { ...shifting.status, lastTrafficShift: at(970) },
      now: 999,
      check: { verdict: 'pass', askedAt: 998 },
    },
    { step: 20, weight: 20, asks: undefined, wakes: 1 },
  ],
  [
    'a check that would fall just before the end of the interval is the one at its end',
    { ...shifting, now: 989.9, check: { verdict: 'pass', askedAt: 984.8 } },
    { step: 20, weight: 20, asks: undefined, wakes: 0.1 },
  ],
  [
    'on a pass one step more',
    { ...shifting, check: passed },
    { stage: 'Shifting', step: 30, weight: 30, writes: ['apply VirtualService'] },
  ],
  [
    'the last step is maxWeight, however it divides',
    { ...shifting, spec: { strategy: { stepWeight: 15, maxWeight: 30 } }, check: passed },
    { step: 30, weight: 30 },
  ],
  [
    'the check at maxWeight passed: promotion is recorded, and primary gets the revision',
    { ...shifting, spec: { strategy: { stepWeight: 10, maxWeight: 20 } }, check: passed },
    { stage: 'Promoting', primary: 'shop:v2', weight: 20, writes: ['apply Deployment'], phase: 'Promoting' },
  ],
  [
    'primary is ready',
    { ...promoting, primary: { runs: v2 } },
    { stage: 'Promoting', weight: 50, primary: 'shop:v2', wakes: 550 },
  ],
  [
    'and settled',
    { ...promoting, primary: { runs: v2, readySince: 990 } },
    { stage: 'Promoting', weight: 50, wakes: 10 },
  ],
  ['weight 0', promoting, { stage: 'Promoting', weight: 0, writes: ['apply VirtualService'] }],
  [
    'successfulRelease, releasedImage, once weight 0 is read back',
    { ...promoting, weight: 0 },
    {
      stage: 'Ending',
      outcome: 'Promoted',
      secondary: 'shop:v2',
      status: expect.objectContaining({
        successfulRelease: true,
        releasedImage: 'shop:v2',
        failedRevisions: [],
        trafficShift: 0,
        testRunning: false,
      }),
    },
  ],
  ['drained', { ...ending, now: 985 }, { stage: 'Ending', secondary: 'shop:v2', writes: [], wakes: 5 }],
  ['secondary removed', ending, { stage: 'Ending', secondary: undefined, writes: ['delete Deployment'] }],
  [
    'a recorded promotion finishes before a newer revision starts',
    { ...promoting, wanted: v3 },
    { stage: 'Promoting', primary: 'shop:v2', weight: 0 },
  ],
  [
    'in a change of port the Service lists both numbers from the start',
    { wanted: v2OnNewPort, status: {} },
    { ports: [8088, 9090], routePort: 8088, writes: ['apply Service', 'create Deployment'] },
  ],
  [
    'the VirtualService changes at promotion',
    {
      ...promoting,
      wanted: v2OnNewPort,
      status: { ...promoting.status, run: runOf('Promoting', { step: 50, certificate }, v2OnNewPort) },
      primary: { runs: v2OnNewPort, readySince: 900 },
    },
    { weight: 0, routePort: 9090, ports: [9090, 8088] },
  ],
]);

rows('3. Check', [
  ['is asked at the end of the interval', shifting, { asks: 930, step: 20, weight: 20 }],
  [
    'looks back no further than this revision’s first traffic',
    { ...shifting, status: { ...shifting.status, run: runOf('Shifting', { step: 20, trafficSince: at(985) }) } },
    { asks: 985 },
  ],
  ['any result fails', { ...shifting, check: { verdict: 'breach', askedAt: 995 } }, { outcome: 'Failed', weight: 0 }],
  [
    'an error fails if failWhenPrometheusFails',
    { ...shifting, check: { verdict: 'error', askedAt: 995 } },
    { outcome: 'Failed', weight: 0, reason: 'ProviderFailed' },
  ],
  [
    'an error passes and is said if not',
    { ...shifting, spec: { failWhenPrometheusFails: false }, check: { verdict: 'error', askedAt: 995 } },
    { step: 30, told: ['ProviderErrorIgnored', 'TrafficShifted'] },
  ],
  [
    'a forbidden address blocks the run and never passes',
    { ...shifting, spec: { failWhenPrometheusFails: false }, check: { verdict: 'forbidden', askedAt: 995 } },
    { step: 20, weight: 20, reason: 'AddressForbidden', ready: 'False', wakes: undefined, asks: 930 },
  ],
  [
    'a result before the first weight makes the run wait (AlreadyFailing)',
    { ...starting, check: { verdict: 'breach', askedAt: 998 } },
    { stage: 'Starting', weight: 0, reason: 'AlreadyFailing', ready: 'Unknown', wakes: 3 },
  ],
  ['until it is clean', { ...starting, check: { verdict: 'pass', askedAt: 999 } }, { stage: 'Shifting', step: 10 }],
  [
    'or promote is asked for',
    { ...starting, check: { verdict: 'breach', askedAt: 998 }, command: `promote@${v2.id}#1` },
    {
      stage: 'Promoting',
      primary: 'shop:v2',
      status: expect.objectContaining({
        lastCommand: '1',
        run: expect.objectContaining({ certificate: expect.objectContaining({ kind: 'override' }) }),
      }),
    },
  ],
  [
    'errors of v3 never fail v2',
    { ...shifting, check: { verdict: 'breach', askedAt: 995, of: v3 } },
    { stage: 'Shifting', step: 20, weight: 20, asks: 930 },
  ],
  [
    'a result of the run of the same revision before this one fails nothing',
    { ...shifting, check: { verdict: 'breach', askedAt: 920 } },
    { stage: 'Shifting', step: 20 },
  ],
  [
    'in between the query is asked every checkIntervalSeconds',
    { ...shifting, now: 975, check: { verdict: 'pass', askedAt: 970 } },
    { asks: 930 },
  ],
  [
    'where only a breach counts',
    { ...shifting, now: 975, check: { verdict: 'breach', askedAt: 974 } },
    { outcome: 'Failed', weight: 0 },
  ],
  [
    'and nothing is written otherwise',
    { ...shifting, now: 975, check: { verdict: 'error', askedAt: 974 } },
    { stage: 'Shifting', step: 20, writes: [], told: [], wakes: 4 },
  ],
  ['one check at a time is on its way', { ...shifting, unanswered: 991 }, { asks: undefined, writes: [] }],
  [
    'a check that was asked before secondary was ready moves no weight',
    { ...shifting, secondary: { runs: v2, readySince: 998 }, check: { verdict: 'pass', askedAt: 997 } },
    { step: 20, weight: 20, asks: 930 },
  ],
  [
    'a check while secondary runs something else moves no weight',
    { ...shifting, secondary: { runs: v3, readySince: 900 }, check: passed },
    { step: 20, weight: 20, writes: ['apply Deployment'] },
  ],
]);

rows('4. Failure', [
  [
    'is recorded first, and urgent',
    { ...shifting, check: { verdict: 'breach', askedAt: 995 } },
    {
      urgent: true,
      status: expect.objectContaining({
        lastFailedTag: 'shop:v2',
        successfulRelease: false,
        testRunning: true,
        trafficShift: 20,
        failedRevisions: [expect.objectContaining({ revision: v2.id })],
      }),
    },
  ],
  [
    'weight 0 is read back',
    { ...ending, weight: 20 },
    { weight: 0, secondary: 'shop:v2', writes: ['apply VirtualService'] },
  ],
  [
    'routes that are not understood are not weight 0',
    { ...ending, weight: 'garbled' },
    { weight: 0, secondary: 'shop:v2' },
  ],
  [
    'drained since weight 0 was read back, not before',
    { ...ending, status: { ...ending.status, run: runOf('Ending', { outcome: 'Failed', trafficSince: at(600) }) } },
    { secondary: 'shop:v2', wakes: 10 },
  ],
  [
    'a secondary that had traffic by hand only is drained as well',
    { ...ending, status: { run: runOf('Ending', { outcome: 'Cancelled' }) }, weight: 30 },
    { status: expect.objectContaining({ run: expect.objectContaining({ trafficSince: at(nowSeconds) }) }) },
  ],
  [
    'Stalled with the reason',
    { ...ending, secondary: undefined },
    {
      stage: undefined,
      phase: 'Failed',
      ready: 'False',
      reason: 'RevisionRefused',
      primary: 'shop:v1',
      told: ['RolledBack'],
    },
  ],
  [
    'a failed revision is refused',
    { wanted: v2, status: { failedRevisions: [failed()], lastFailedTag: 'shop:v2' } },
    { stage: undefined, phase: 'Failed', secondary: undefined, writes: [], wakes: undefined },
  ],
  [
    'until retry is asked for',
    { wanted: v2, status: { failedRevisions: [failed()], lastFailedTag: 'shop:v2' }, command: 'retry@next#a' },
    {
      stage: 'Starting',
      status: expect.objectContaining({ lastFailedTag: 'shop:v2', failedRevisions: [], lastCommand: 'a' }),
    },
  ],
  [
    'a request is handled once',
    { wanted: v2, status: { failedRevisions: [failed()], lastCommand: 'a' }, command: 'retry@next#a' },
    { phase: 'Failed', stage: undefined },
  ],
  [
    'a request for another revision is none',
    { wanted: v2, status: { failedRevisions: [failed()] }, command: `retry@${v3.id}#a` },
    { phase: 'Failed', stage: undefined },
  ],
  [
    'a failed revision does not stop another one',
    { wanted: v3, status: { failedRevisions: [failed()] } },
    { stage: 'Starting', secondary: 'shop:v3' },
  ],
]);

rows('5. Fail fast', [
  ...['CrashLoopBackOff', 'ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError'].map((failure): Row => [
    `${failure} of a secondary pod fails at once`,
    { ...starting, secondary: { runs: v2, failure } },
    { outcome: 'Failed', reason: 'PodFailed', weight: 0 },
  ]),
  [
    'not ready by progressDeadlineSeconds fails',
    { ...starting, now: 1500, secondary: { runs: v2 } },
    { outcome: 'Failed', reason: 'ProgressDeadlineExceeded' },
  ],
  [
    'the time in which no operator watched does not count',
    { ...starting, now: 5_000, watchedSince: 4_990, secondary: { runs: v2 } },
    { stage: 'Starting', outcome: undefined, wakes: 590 },
  ],
  [
    'nor does it for a promotion',
    { ...promoting, now: 5_000, watchedSince: 4_990, primary: { runs: v1 } },
    { stage: 'Promoting', primary: 'shop:v2', wakes: 590 },
  ],
  [
    'a promotion whose primary is not ready by then: traffic stays while primary gets the last good template back',
    { ...promoting, now: 1600, primary: { runs: v2 } },
    {
      stage: 'Restoring',
      primary: 'shop:v1',
      weight: 50,
      status: expect.objectContaining({ lastFailedTag: 'shop:v2', trafficShift: 50 }),
    },
  ],
  [
    'and is ready',
    { ...promoting, status: { ...promoting.status, run: runOf('Restoring', { step: 50 }) }, primary: { runs: v1 } },
    { stage: 'Restoring', weight: 50, primary: 'shop:v1' },
  ],
  [
    'then weight 0, failed',
    {
      ...promoting,
      status: { ...promoting.status, run: runOf('Restoring', { step: 50 }) },
      primary: { runs: v1, readySince: 999 },
    },
    { stage: 'Ending', outcome: 'Failed', weight: 0 },
  ],
  [
    'a secondary without a ready pod loses its traffic at once and begins again',
    { ...shifting, secondary: { runs: v2 } },
    { stage: 'Starting', step: 0, weight: 0, urgent: true, told: ['CapacityLost'] },
  ],
  [
    'half a secondary gets no more traffic, and no longer than the deadline',
    { ...shifting, secondary: { runs: v2, readyPods: 1 }, check: { ...passed, askedAt: 999 } },
    { step: 20, weight: 20, wakes: 4 },
  ],
  [
    'a weight that was never read back waits for half a secondary no longer than the deadline',
    {
      ...shifting,
      status: { ...shifting.status, trafficShift: 10 },
      weight: 10,
      secondary: { runs: v2, readyPods: 1 },
      unanswered: 999,
    },
    { step: 20, weight: 10, wakes: 590 },
  ],
]);

rows('6. Changed mind', [
  [
    'another image mid-run ends this run (weight 0 first)',
    { ...shifting, wanted: v3 },
    {
      stage: 'Ending',
      outcome: 'Cancelled',
      weight: 0,
      secondary: 'shop:v2',
      writes: ['apply VirtualService'],
    },
  ],
  [
    'and starts that one from the beginning',
    {
      wanted: v3,
      status: { run: runOf('Ending', { outcome: 'Cancelled', trafficSince: at(600), drainSince: at(900) }) },
    },
    { stage: 'Starting', secondary: 'shop:v3', weight: 0 },
  ],
  [
    'back to the running image ends it clean',
    { ...shifting, wanted: v1 },
    {
      outcome: 'Cancelled',
      weight: 0,
      status: expect.objectContaining({ lastFailedTag: '', successfulRelease: true }),
    },
  ],
  [
    'replicas apply at once',
    { ...shifting, now: 970, unanswered: 969, spec: { replicas: 5, testReplicas: 3 } },
    { step: 20, writes: ['scale Deployment', 'scale Deployment'] },
  ],
  [
    'at delete nothing is written',
    { ...shifting, deleting: true },
    { status: undefined, writes: [], weight: undefined },
  ],
  ['at delete no check is asked', { ...shifting, deleting: true }, { asks: undefined, wakes: undefined }],
]);

rows('7. Each revision on primary has a certificate for exactly that revision', [
  [
    'promotion says which check it was',
    { ...shifting, spec: { strategy: { stepWeight: 10, maxWeight: 20 } }, check: passed },
    {
      status: expect.objectContaining({
        run: expect.objectContaining({
          revision: v2.id,
          certificate: { kind: 'passed', detail: 'the check at 20 % passed', time: at(nowSeconds) },
        }),
      }),
    },
  ],
  [
    'a promotion without one is no promotion',
    { ...promoting, status: { ...promoting.status, run: runOf('Promoting', { step: 50 }) }, primary: { runs: v1 } },
    { primary: 'shop:v1', stage: 'Ending', outcome: 'Cancelled' },
  ],
  [
    'a lost status takes what primary runs for the release, not what is wanted',
    { wanted: v2, lost: 'status' },
    { stage: 'Starting', primary: 'shop:v1', secondary: 'shop:v2' },
  ],
  [
    'so does a status of another uid',
    { wanted: v2, status: {}, lost: 'uid' },
    { stage: 'Starting', primary: 'shop:v1', secondary: 'shop:v2' },
  ],
  [
    'so does a status that has a run but lost the release',
    { ...shifting, status: { ...shifting.status, released: undefined } },
    { stage: 'Ending', primary: 'shop:v1', weight: 0 },
  ],
  [
    'and one that lost both',
    { wanted: v2, status: { released: undefined, releasedImage: '' } },
    { stage: 'Starting', primary: 'shop:v1', secondary: 'shop:v2' },
  ],
  [
    'an old request promotes nothing after the status was lost',
    { ...starting, lost: 'status', status: {}, secondary: undefined, command: 'promote@next#1' },
    { stage: 'Starting', status: expect.objectContaining({ lastCommand: '1' }) },
  ],
  [
    'a secondary that belongs to no run goes, drained, and its traffic first',
    { wanted: v2, status: {}, secondary: { runs: v3, readySince: 10 }, weight: 40 },
    { stage: 'Ending', weight: 0, secondary: 'shop:v3', primary: 'shop:v1', writes: ['apply VirtualService'] },
  ],
]);

rows('8. A restart changes nothing but time', [
  [
    'a step that was recorded and never read back is sent again',
    { ...shifting, status: { ...shifting.status, trafficShift: 10 }, weight: 10 },
    { step: 20, weight: 20, writes: ['apply VirtualService'] },
  ],
  [
    'a promotion that was recorded goes on',
    { ...promoting, primary: { runs: v1, readySince: 0 } },
    { stage: 'Promoting', primary: 'shop:v2', weight: 50, writes: ['apply Deployment'] },
  ],
  [
    'a failure that was recorded goes on',
    { ...ending, status: { run: runOf('Ending', { outcome: 'Failed', trafficSince: at(600) }) }, weight: 20 },
    { weight: 0, writes: ['apply VirtualService'] },
  ],
  [
    'a clock set back delays nothing by more than one interval',
    { ...shifting, status: { ...shifting.status, lastTrafficShift: at(90_000) }, unanswered: 999 },
    { status: expect.objectContaining({ lastTrafficShift: at(nowSeconds) }) },
  ],
  [
    'nor does it keep a drained secondary',
    { ...ending, status: { ...ending.status, run: runOf('Ending', { outcome: 'Failed', drainSince: at(90_000) }) } },
    { wakes: 10 },
  ],
  ['at rest nothing is written, and nothing is waited for', { status: {} }, { writes: [], wakes: undefined, told: [] }],
]);

rows('Drift', [
  [
    'a raised weight goes back to the intended one, and the interval restarts',
    { ...shifting, weight: 90 },
    { step: 20, weight: 20, status: expect.objectContaining({ lastTrafficShift: at(nowSeconds) }) },
  ],
  ['a lowered weight stays', { ...shifting, weight: 5 }, { step: 5, weight: 5, told: ['TrafficDrift'] }],
  [
    'routes that are gone come back with weight 0',
    { ...shifting, weight: 'none' },
    {
      step: 0,
      weight: 0,
      writes: ['create VirtualService'],
      status: expect.objectContaining({ testRunning: false, trafficShift: 0 }),
    },
  ],
  [
    'a failed promotion that lost weight by hand does not raise it',
    { ...promoting, primary: { runs: v2 }, weight: 30 },
    { step: 30, weight: 30 },
  ],
]);

rows('What stands in the way', [
  [
    'a foreign object stops every write',
    { wanted: v2, status: {}, obstacle: foreign },
    { writes: [], phase: 'Blocked' },
  ],
  [
    'a run with traffic goes on being judged',
    { ...shifting, obstacle: foreign, check: { verdict: 'breach', askedAt: 995 } },
    { outcome: 'Failed', weight: 0 },
  ],
  [
    'but gets no more traffic',
    { ...shifting, obstacle: hostConflict, check: passed },
    { step: 20, weight: 20, reason: 'HostConflict', ready: 'False' },
  ],
  [
    'a taken host holds a new revision, not what is served',
    { wanted: v2, status: {}, obstacle: hostConflict, spec: { replicas: 5 } },
    { stage: undefined, phase: 'Blocked', reason: 'HostConflict', primary: 'shop:v1', writes: ['scale Deployment'] },
  ],
  [
    'and is said rather than that a revision is refused, which keeps no request from anybody',
    { wanted: v2, status: { failedRevisions: [failed()], successfulRelease: false }, obstacle: hostConflict },
    {
      phase: 'Blocked',
      reason: 'HostConflict',
      ready: 'False',
      primary: 'shop:v1',
      status: expect.objectContaining({ successfulRelease: false, failedRevisions: [failed()] }),
    },
  ],
]);
