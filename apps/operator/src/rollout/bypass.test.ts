import { expect } from 'vitest';

import type { CanaryAppStatus, RunStatus } from '../api/v1/canaryapp.ts';
import { failed, hostConflict, passed, shifting } from '../../test/plan/moments.ts';
import { rows } from '../../test/plan/rows.ts';
import { at, runOf, v2, v3 } from '../../test/plan/situation.ts';
import type { Situation } from '../../test/plan/situation.ts';

const status = (parts: object): CanaryAppStatus => expect.objectContaining(parts) as CanaryAppStatus;
const bypass = { detail: 'bypass, request 1', time: at(900) };
const override = { kind: 'override', detail: 'bypass, request 1', time: at(950) } as const;
const direct = (stage: RunStatus['stage'], run: Partial<RunStatus> = {}): RunStatus =>
  runOf(stage, { isDirect: true, certificate: override, ...run });
/** Primary has the revision that it got at once, ready and settled. */
const arrived: Situation = {
  wanted: v2,
  status: { run: direct('Promoting') },
  primary: { runs: v2, readySince: 970 },
};

rows('E. bypass', [
  [
    'is remembered at rest, and changes nothing there',
    { status: {}, command: 'bypass@next#1' },
    {
      phase: 'Released',
      told: ['BypassRequested'],
      writes: [],
      status: status({ lastCommand: '1', bypass: { detail: 'bypass, request 1', time: at(1000) } }),
    },
  ],
  ['is told of once', { status: { bypass, lastCommand: '1' }, command: 'bypass@next#1' }, { told: [] }],
  [
    'sends the next revision to primary at once, by an override that names the request',
    { wanted: v2, status: { bypass, lastCommand: '1' } },
    {
      stage: 'Promoting',
      primary: 'shop:v2',
      secondary: undefined,
      weight: 0,
      told: ['PromotionStarted'],
      asks: undefined,
      status: status({
        run: expect.objectContaining({
          isDirect: true,
          certificate: { kind: 'override', detail: 'bypass, request 1', time: at(1000) },
        }) as RunStatus,
      }),
    },
  ],
  [
    'is asked for and used in one pass where the next revision is there already',
    { wanted: v2, status: {}, command: 'bypass@next#1' },
    { stage: 'Promoting', told: ['BypassRequested', 'PromotionStarted'] },
  ],
  [
    'is used up by that',
    { wanted: v2, status: { bypass } },
    { status: expect.not.objectContaining({ bypass }) as CanaryAppStatus },
  ],
  [
    'waits for what stands in the way',
    { wanted: v2, status: { bypass }, obstacle: hostConflict },
    { phase: 'Blocked', stage: undefined, status: status({ bypass }) },
  ],
  [
    'does nothing for a revision that failed, which needs a retry',
    { wanted: v2, status: { bypass, failedRevisions: [failed()] } },
    { reason: 'RevisionRefused', status: status({ bypass }) },
  ],
  [
    'goes with a retry',
    { wanted: v2, status: { bypass, failedRevisions: [failed()] }, command: 'retry@next#2' },
    { stage: 'Promoting', told: ['RetryRequested', 'PromotionStarted'], status: status({ failedRevisions: [] }) },
  ],
  [
    'leaves the release under way as it is',
    { ...shifting, check: passed, command: 'bypass@next#1' },
    { stage: 'Shifting', step: 30, told: ['BypassRequested', 'TrafficShifted'] },
  ],
  [
    'is refused for a certain revision: promote is for those',
    { ...shifting, command: `bypass@${v2.id}#1` },
    { told: ['CommandRefused'], step: 20 },
  ],
  [
    'is taken back by nobypass',
    { status: { bypass }, command: 'nobypass@next#2' },
    { told: ['BypassWithdrawn'], status: expect.not.objectContaining({ bypass }) as CanaryAppStatus },
  ],
  ['cannot be taken back twice', { status: {}, command: 'nobypass@next#2' }, { told: ['CommandRefused'] }],
]);

rows('E. a revision that goes to primary at once', [
  [
    'is waited for, with nothing beside primary',
    { ...arrived, primary: { runs: v2 } },
    { stage: 'Promoting', secondary: undefined, weight: 0 },
  ],
  [
    'is the release once primary has it and has settled',
    { ...arrived, now: 995 },
    { stage: 'Ending', outcome: 'Promoted', secondary: undefined, told: ['Released'] },
  ],
  [
    'is over in the next pass, as there is nothing to clear away',
    {
      wanted: v2,
      status: {
        run: direct('Ending', { outcome: 'Promoted' }),
        released: { revision: v2.id, image: v2.image, port: v2.port, certificate: override },
      },
      primary: { runs: v2, readySince: 970 },
    },
    { phase: 'Released', stage: undefined, ready: 'True' },
  ],
  [
    'is finished before another one begins',
    { ...arrived, wanted: v3, primary: { runs: v2 } },
    { stage: 'Promoting', primary: 'shop:v2' },
  ],
  [
    'that is late has failed, and primary goes back',
    { ...arrived, now: 1600, primary: { runs: v2 } },
    {
      stage: 'Restoring',
      primary: 'shop:v1',
      secondary: undefined,
      status: status({ lastFailedTag: 'shop:v2', successfulRelease: false }),
    },
  ],
  [
    'cannot be aborted any more',
    { ...arrived, primary: { runs: v2 }, command: 'abort@next#3' },
    { stage: 'Promoting', told: ['CommandRefused'] },
  ],
]);
