import { expect } from 'vitest';

import type { CanaryAppStatus } from '../api/v1/canaryapp.ts';
import { starting } from '../../test/plan/moments.ts';
import { rows } from '../../test/plan/rows.ts';
import { at, runOf, v1, v2, type Pods, type Situation } from '../../test/plan/situation.ts';

const manager = 'argocd-controller';
/** Pods that nobody wants any more, of a count that somebody set then. */
const heldSince = (seconds: number): Pods => ({ runs: v1, readySince: 900, countSetBy: { manager, at: seconds } });
/** What is remembered of that, seen last at `seconds`. */
const contest = (count: number, seconds: number) => ({
  replicasContest: { count, at: at(seconds), manager, setAt: at(seconds) },
});
const remembers = (count: number, setAt: number): CanaryAppStatus =>
  expect.objectContaining({
    replicasContest: expect.objectContaining({ count, setAt: at(setAt) }) as object,
  }) as CanaryAppStatus;

const remembersNone = expect.not.objectContaining({ replicasContest: expect.anything() as object }) as CanaryAppStatus;

/** Secondary has drained since 990, and should have no pods; somebody set its count then. */
const drained = (setAt: number, memory: object = {}): Situation => ({
  status: { run: runOf('Ending', { outcome: 'Promoted', trafficSince: at(600), drainSince: at(980) }, v1), ...memory },
  secondary: heldSince(setAt),
});

rows('B. a count that is set back at rest', [
  [
    'is set to 0 again, once and twice, and counted',
    { status: contest(1, 900), secondary: heldSince(995) },
    { stage: 'Ending', leavesCount: false, remarks: [], status: remembers(2, 995) },
  ],
  [
    'is let be the third time, with a condition, and Ready stays',
    { status: contest(2, 900), secondary: heldSince(995) },
    {
      stage: undefined,
      ready: 'True',
      weight: 0,
      leavesCount: true,
      remarks: ['AbleToScale'],
      told: ['ReplicasContested'],
      wakes: 600,
      status: remembers(3, 995),
    },
  ],
  [
    'is told of once, however long it lasts',
    { status: contest(3, 900), secondary: heldSince(900) },
    { leavesCount: true, remarks: ['AbleToScale'], told: [], wakes: 500, status: remembers(3, 900) },
  ],
  [
    'is not counted again while nobody has set it since',
    { status: contest(1, 995), secondary: heldSince(995) },
    { status: remembers(1, 995) },
  ],
  [
    'is tried again after ten minutes, and still said until it is 0',
    { status: contest(3, 400), secondary: heldSince(400) },
    { stage: 'Ending', leavesCount: false, remarks: ['AbleToScale'], told: ['CanaryCancelled'] },
  ],
  [
    'is let be again if it is set back again, without a word',
    { status: contest(4, 400), secondary: heldSince(995) },
    { leavesCount: true, remarks: ['AbleToScale'], told: [], status: remembers(5, 995) },
  ],
  [
    'is a new story after an hour',
    { now: 5000, status: contest(7, 1000), secondary: heldSince(4990) },
    { leavesCount: false, remarks: [], status: remembers(1, 4990) },
  ],
  [
    'is forgotten by the condition when it is 0',
    { status: contest(3, 900) },
    { phase: 'Released', ready: 'True', leavesCount: false, remarks: [] },
  ],
  [
    'is nobody else’s where the operator set it',
    { status: contest(2, 900), secondary: { runs: v1, readySince: 900 } },
    { stage: 'Ending', leavesCount: false, remarks: [] },
  ],
]);

rows('B. a count that is set back while a run ends', [
  [
    'is not what it was before secondary had drained',
    drained(985),
    { stage: 'Ending', secondary: undefined, leavesCount: false, told: [], status: remembersNone },
  ],
  ['is counted when it was set after that', drained(992), { stage: 'Ending', status: remembers(1, 992) }],
  [
    'is counted in the second in which secondary had drained, as servers know whole seconds only',
    drained(990),
    { status: remembers(1, 990) },
  ],
  [
    'does not keep the run from its end once it is let be',
    drained(992, contest(2, 900)),
    { stage: undefined, phase: 'Released', ready: 'True', leavesCount: true, remarks: ['AbleToScale'] },
  ],
]);

rows('B. a count that is somebody else’s', [
  [
    'is welcome while a release needs the pods',
    {
      ...starting,
      status: { ...starting.status, ...contest(3, 900) },
      secondary: { runs: v2, readySince: 970, countSetBy: { manager, at: 995 } },
    },
    { stage: 'Starting', leavesCount: false, remarks: [] },
  ],
  [
    'does not keep a release from its beginning',
    { wanted: v2, status: contest(3, 900), secondary: heldSince(900) },
    { stage: 'Starting', weight: 0 },
  ],
  [
    'is no fight before anything was released',
    {
      status: { released: undefined, releasedImage: '', successfulRelease: undefined },
      primary: 'none',
      weight: 'none',
      secondary: heldSince(0),
    },
    {
      stage: 'Installing',
      status: remembersNone,
    },
  ],
]);
