import { describe, expect, it } from 'vitest';

import { clockSkewMs, defaultLifetimes, nextRotationStep, type RotationStep, type RotationView } from './rotation.ts';

const dayMs = 86_400_000;
/** A certificate made on a day, for so many days. */
const made = (day: number, days: number) => ({
  notBeforeMs: day * dayMs - clockSkewMs,
  notAfterMs: (day + days) * dayMs,
});
const { settleMs } = defaultLifetimes;
const authority = made(0, 360);
const good: RotationView = {
  authorities: [authority],
  serving: { ...made(0, 90), isSignedByNewest: true, coversHosts: true },
  isNewestTrusted: true,
  settleMs,
};
const serving = (day: number, more: Partial<NonNullable<RotationView['serving']>> = {}) => ({
  serving: { ...made(day, 90), isSignedByNewest: true, coversHosts: true, ...more },
});
const until = (day: number): RotationStep => ({ type: 'wait', untilMs: day * dayMs });

describe('the next step of a rotation', () => {
  it.each<[string, number, object | undefined, RotationStep]>([
    ['begins where there is nothing', 0, undefined, { type: 'begin' }],
    ['begins anew when the only authority has expired', 360, {}, { type: 'begin' }],
    ['waits while two thirds of no life are over', 1, {}, until(60)],
    ['issues a new certificate after two thirds of its life', 60, {}, { type: 'issue' }],
    ['issues one where there is none that can be used', 1, { serving: undefined }, { type: 'issue' }],
    ['issues one for a host that was not thought of', 1, serving(0, { coversHosts: false }), { type: 'issue' }],
    ['adds an authority after two thirds of its life', 240, serving(235), { type: 'add-authority' }],
    [
      'lets a new authority sign nothing while somebody does not know it',
      241,
      {
        authorities: [authority, made(240, 360)],
        ...serving(235, { isSignedByNewest: false }),
        isNewestTrusted: false,
      },
      until(325),
    ],
    [
      'lets it sign nothing right after everyone was told, either',
      240,
      { authorities: [authority, made(240, 360)], ...serving(235, { isSignedByNewest: false }) },
      { type: 'wait', untilMs: 240 * dayMs + settleMs },
    ],
    [
      'lets it sign when everyone has known it for a while',
      241,
      { authorities: [authority, made(240, 360)], ...serving(235, { isSignedByNewest: false }) },
      { type: 'issue' },
    ],
    [
      'lets it sign although somebody does not know it, when nothing else is left',
      325,
      {
        authorities: [authority, made(240, 360)],
        ...serving(235, { isSignedByNewest: false }),
        isNewestTrusted: false,
      },
      { type: 'issue' },
    ],
    [
      'keeps the old authority until it expires, for whoever still shows what it signed',
      350,
      { authorities: [authority, made(240, 360)], ...serving(340) },
      until(360),
    ],
    ['forgets it then', 360, { authorities: [authority, made(240, 360)], ...serving(340) }, { type: 'forget-expired' }],
  ])('%s', (_what, day, change, step) => {
    const view = change && ({ ...good, ...change } as RotationView);
    expect(nextRotationStep(view, day * dayMs)).toEqual(step);
  });
});
