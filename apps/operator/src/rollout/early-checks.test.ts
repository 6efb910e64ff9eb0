import { describe, expect, it } from 'vitest';

import { ending, shifting, starting } from '../../test/plan/moments.ts';
import { rows } from '../../test/plan/rows.ts';
import { at, outcomeOf, planOf, runOf, v1, v2, type Check, type Situation } from '../../test/plan/situation.ts';

/** A mode in which somebody may refuse a release before its first weight. */
const counting: Situation = { ...starting, settings: { earlyBreach: 'count', threshold: 3 } };

const condition = {
  type: 'Stalled',
  status: 'True',
  reason: 'CheckFailed',
  message: 'check failed (1 of 3), shop:v2 gets no traffic yet: the answer was breach',
  lastTransitionTime: at(980),
} as const;
/** A check was refused at 980; the interval is 30 s. */
const refusedOnce: Situation = {
  ...counting,
  secondary: { runs: v2, readySince: 900 },
  status: { run: runOf('Starting', { failedChecks: 1, checkedAt: at(980) }), conditions: [condition] },
};

const breach = (askedAt: number): Check => ({ verdict: 'breach', askedAt });

rows('a check before the first weight', [
  [
    'that is refused holds it, with a condition, and counts',
    { ...counting, check: breach(998) },
    {
      stage: 'Starting',
      weight: 0,
      reason: 'CheckFailed',
      ready: 'False',
      told: ['CheckFailed'],
      wakes: 28,
      status: expect.objectContaining({ run: expect.objectContaining({ failedChecks: 1, checkedAt: at(998) }) }),
    },
  ],
  [
    'is asked again an interval after it was refused, and not before',
    { ...refusedOnce, now: 1_000, check: breach(980) },
    { stage: 'Starting', weight: 0, wakes: 10, asks: undefined, told: [] },
  ],
  [
    'says why it waits until then',
    { ...refusedOnce, now: 1_000, check: breach(980) },
    { reason: 'CheckFailed', ready: 'False', phase: 'Waiting' },
  ],
  [
    'is asked then, also by an operator that was restarted',
    { ...refusedOnce, now: 1_010 },
    { stage: 'Starting', weight: 0, asks: 'now', reason: 'CheckFailed' },
  ],
  [
    'that is refused again counts again',
    { ...refusedOnce, now: 1_013, check: breach(1_011) },
    {
      stage: 'Starting',
      weight: 0,
      status: expect.objectContaining({ run: expect.objectContaining({ failedChecks: 2, checkedAt: at(1_011) }) }),
    },
  ],
  [
    'that is accepted after it was refused lets the weight begin',
    { ...refusedOnce, now: 1_013, check: { verdict: 'pass', askedAt: 1_011 } },
    { stage: 'Shifting', step: 10, reason: 'TrafficShifted' },
  ],
  [
    'that is refused as often as is allowed fails the run, which never had traffic',
    {
      ...refusedOnce,
      now: 1_013,
      status: { run: runOf('Starting', { failedChecks: 2, checkedAt: at(980) }) },
      check: breach(1_011),
    },
    { stage: 'Ending', outcome: 'Failed', weight: 0, told: ['CheckFailed'] },
  ],
  [
    'that is refused once fails the run where one is allowed',
    { ...counting, settings: { earlyBreach: 'count', threshold: 1 }, check: breach(998) },
    { stage: 'Ending', outcome: 'Failed', weight: 0 },
  ],
  [
    'without an answer counts as the policy says',
    { ...counting, check: { verdict: 'error', askedAt: 998 } },
    { stage: 'Starting', weight: 0, reason: 'ProviderFailed', told: ['ProviderFailed'] },
  ],
  [
    'that is held by policy counts not at all',
    {
      ...counting,
      settings: { ...counting.settings, unjudged: { noData: 'fail', tooFewSamples: 'hold', error: 'hold' } },
      check: { verdict: 'error', askedAt: 998 },
    },
    { stage: 'Starting', weight: 0, reason: 'ProviderFailed', told: ['ProviderFailed'] },
  ],
  [
    'at an address that must not be asked holds, and counts not at all',
    { ...counting, check: { verdict: 'forbidden', askedAt: 998 } },
    { stage: 'Starting', weight: 0, reason: 'AddressForbidden', ready: 'False' },
  ],
  [
    'may take as long as the slowest answer',
    {
      ...counting,
      settings: { ...counting.settings, slowestAnswerMs: 65_000, checkIntervalMs: 5_000 },
      secondary: { runs: v2, readySince: 900 },
      now: 1_060,
      check: { verdict: 'pass', askedAt: 1_000 },
    },
    { stage: 'Shifting', step: 10 },
  ],
]);

describe('what is measured', () => {
  it('is said to be before the first weight, or during the run', () => {
    expect(planOf({ ...starting, now: 1_000 }).measure).toMatchObject({ when: 'before' });
    expect(planOf({ ...shifting, now: 1_000 }).measure).toMatchObject({ when: 'during' });
  });

  it('without a share of the traffic reaches back to when judging began, and not to the revision before', () => {
    const blind = { ...shifting, weight: 0, status: { run: runOf('Shifting', { stageSince: at(960) }) } };
    expect(outcomeOf({ ...blind, settings: { iterations: 3 }, now: 1_000 }).asks).toBe(960);
  });

  it('is not counted where it was held by policy or by an address', () => {
    for (const verdict of ['error', 'forbidden'] as const) {
      const { status } = outcomeOf({
        ...counting,
        settings: { ...counting.settings, unjudged: { noData: 'fail', tooFewSamples: 'hold', error: 'hold' } },
        check: { verdict, askedAt: 998 },
      });
      expect(status?.run?.failedChecks).toBeUndefined();
    }
  });
});

const promoted = {
  revision: v1.id,
  image: v1.image,
  port: v1.port,
  certificate: { kind: 'passed', detail: 'every check passed', time: at(800) },
} as const;

describe('the end of a run', () => {
  const end = { revision: v2, outcome: 'Failed', at: at(900) } as const;
  it.each<[string, Situation]>([
    ['while secondary drains', ending],
    ['while weight 0 is not read back', { ...ending, weight: 20 }],
    ['in the pass that forgets the run', { ...ending, secondary: undefined }],
  ])('is said %s, so that no crash can lose it', (_name, situation) => {
    expect(planOf({ ...situation, weight: situation.weight ?? 0 }).ended).toEqual(end);
  });

  it('is not said of the first release, which nobody waited for', () => {
    const first = {
      status: { run: runOf('Ending', { outcome: 'Promoted' }, v1) },
      secondary: { runs: v1, readySince: 900 },
    };
    expect(planOf(first).ended).toBeUndefined();
    const last = { ...first, status: { ...first.status, released: promoted } };
    expect(planOf(last).ended).toMatchObject({ outcome: 'Promoted' });
  });

  it('is not said before, or of no run', () => {
    expect(planOf(shifting).ended).toBeUndefined();
    expect(planOf({}).ended).toBeUndefined();
  });
});
