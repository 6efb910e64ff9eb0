import { expect } from 'vitest';

import { ending, nothing, passed, promoting, shifting, starting } from '../../test/plan/moments.ts';
import { rows } from '../../test/plan/rows.ts';
import { at, runOf, v1, v2 } from '../../test/plan/situation.ts';
import { Reason } from '../api/v1/reasons.ts';
import type { Obstacle } from './observed.ts';

const refused: Obstacle = {
  reason: Reason.RouteNotAccepted,
  message: 'Gateway default/public does not accept HTTPRoute shop',
  stops: 'routes',
};
const installing = { released: undefined, releasedImage: '', run: runOf('Installing', {}, v1) };
/** The step of 30 % was written, and the last that was read back is 20 %. */
const written = {
  ...shifting,
  weight: 30,
  status: { ...shifting.status, run: runOf('Shifting', { step: 30, trafficSince: at(900) }) },
};

rows('Routes that nobody has confirmed', [
  [
    'are not shown as routed',
    { ...written, unconfirmed: true },
    { step: 30, weight: 30, status: expect.objectContaining({ trafficShift: 20 }), writes: [] },
  ],
  [
    'are shown as routed once they are confirmed, and the interval begins then',
    written,
    {
      step: 30,
      status: expect.objectContaining({ trafficShift: 30, lastTrafficShift: at(1000) }),
    },
  ],
  [
    'let no passed check move the weight, however long the interval is over',
    { ...shifting, unconfirmed: true, check: passed },
    { step: 20, weight: 20, writes: [], wakes: 5 },
  ],
  [
    'keep no breach from ending the run',
    { ...shifting, unconfirmed: true, check: { verdict: 'breach', askedAt: 985 } },
    { stage: 'Ending', outcome: 'Failed', weight: 0, writes: ['apply VirtualService'] },
  ],
  [
    'are no weight 0 for a promotion: secondary stays',
    { ...promoting, weight: 0, unconfirmed: true },
    { stage: 'Promoting', weight: 0, secondary: 'shop:v2', told: [], wakes: 5 },
  ],
  [
    'are no weight 0 to drain from',
    { ...ending, unconfirmed: true },
    { stage: 'Ending', secondary: 'shop:v2', weight: 0, wakes: 5 },
  ],
  [
    'keep an installation from being said to be done',
    { status: installing, unconfirmed: true },
    { stage: 'Installing', phase: 'Installing', ready: 'Unknown' },
  ],
]);

rows('Routes that were refused', [
  [
    'are said where the release is at rest, which stays as it is',
    { status: {}, unconfirmed: true, obstacle: refused },
    { phase: 'Blocked', ready: 'False', reason: 'RouteNotAccepted', weight: 0, writes: [], told: ['RouteNotAccepted'] },
  ],
  [
    'let no run begin',
    { status: {}, wanted: v2, unconfirmed: true, obstacle: refused },
    { stage: undefined, reason: 'RouteNotAccepted', writes: [] },
  ],
  [
    'are said of an installation whose pods are ready',
    { status: installing, unconfirmed: true, obstacle: refused },
    { phase: 'Blocked', reason: 'RouteNotAccepted', told: ['Installed', 'RouteNotAccepted'] },
  ],
  [
    'do not keep primary from being made',
    { ...nothing, unconfirmed: true, obstacle: refused },
    { stage: 'Installing', primary: 'shop:v1' },
  ],
  [
    'let no first weight go out',
    { ...starting, check: passed, unconfirmed: true, obstacle: refused },
    { stage: 'Starting', step: 0, weight: 0, reason: 'RouteNotAccepted', writes: [] },
  ],
  [
    'hold the weight of a run, which goes on being judged',
    { ...shifting, check: passed, unconfirmed: true, obstacle: refused },
    { stage: 'Shifting', step: 20, weight: 20, reason: 'RouteNotAccepted', writes: [], told: ['RouteNotAccepted'] },
  ],
  [
    'hold a promotion before its last step, and say so',
    { ...promoting, weight: 0, unconfirmed: true, obstacle: refused },
    { stage: 'Promoting', weight: 0, secondary: 'shop:v2', ready: 'False', reason: 'RouteNotAccepted' },
  ],
  [
    'keep secondary, which may still have traffic, and say so',
    { ...ending, unconfirmed: true, obstacle: refused },
    { stage: 'Ending', secondary: 'shop:v2', ready: 'False', reason: 'RouteNotAccepted' },
  ],
]);
