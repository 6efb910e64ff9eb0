import { present } from '@canaryop/reconcile/object';

import type { RunStatus } from '../api/v1/canaryapp.ts';
import { Reason } from '../api/v1/reasons.ts';
import type { Decision, Notice, When } from './decision.ts';
import type { Measurement } from './observed.ts';
import { timeOf, type Pass } from './pass.ts';
import { revisionOfRun } from './revision-record.ts';
import type { Unjudged } from './settings.ts';

/** What a check means for the run, by the policy of its settings. */
export type Judgement =
  | { readonly kind: 'pass'; readonly notices: readonly Notice[] }
  | { readonly kind: 'fail' | 'hold'; readonly reason: Reason; readonly message: string };

const unjudgedReasons: Readonly<Record<Unjudged, { readonly counted: Reason; readonly ignored: Reason }>> = {
  noData: { counted: Reason.NoData, ignored: Reason.NoDataIgnored },
  tooFewSamples: { counted: Reason.TooFewSamples, ignored: Reason.TooFewSamplesIgnored },
  error: { counted: Reason.ProviderFailed, ignored: Reason.ProviderErrorIgnored },
};

/** Whether a reason is that of a failed check. */
export function isCheckReason(reason: string): boolean {
  return [Reason.CheckFailed, ...Object.values(unjudgedReasons).map(({ counted }) => counted)].some(
    (known) => known === reason,
  );
}

/** Judges a measurement. What judged nobody counts as the settings say, and whenever it is let pass that is said. */
export function judge(pass: Pass, { verdict, detail }: Measurement): Judgement {
  if (verdict === 'pass') return { kind: 'pass', notices: [] };
  if (verdict === 'breach') return { kind: 'fail', reason: Reason.CheckFailed, message: detail };
  if (verdict === 'forbidden') return { kind: 'hold', reason: Reason.AddressForbidden, message: detail };
  const policy = pass.settings.unjudged[verdict];
  const { counted, ignored } = unjudgedReasons[verdict];
  if (policy !== 'pass') return { kind: policy, reason: counted, message: detail };
  const message = `went on without a judgement, as the policy says: ${detail}`;
  return { kind: 'pass', notices: [{ type: 'Warning', reason: ignored, message }] };
}

/** The last check of this run's revision that was asked at `from` or later. */
export function checkSince(pass: Pass, run: RunStatus, from: number): Measurement | undefined {
  const { measurement } = pass.observed;
  return measurement !== undefined && measurement.revisionId === run.revision && measurement.askedAt >= from
    ? measurement
    : undefined;
}

/** How much longer than checkIntervalSeconds it may be between two checks, as a share of it. */
const slackShare = 0.1;

/** Whether to ask now, and when to look again if not. */
export interface CheckPlan {
  readonly measure?: Decision['measure'];
  readonly wakeAt?: number;
}

/**
 * Plans the next check: at `from` for the first time, each checkIntervalSeconds, and at `dueAt`, where a step is
 * decided. One that would fall just before `dueAt` is that one. One check of an app is on its way at a time; its answer
 * is an event of its own.
 */
export function planCheck(pass: Pass, run: RunStatus, from: number, dueAt?: number): CheckPlan {
  const { lastAskedAt, measurement } = pass.observed;
  const underWay = lastAskedAt !== undefined && (measurement === undefined || measurement.askedAt < lastAskedAt);
  if (underWay) return {};
  const askedSince = lastAskedAt !== undefined && lastAskedAt >= from ? lastAskedAt : undefined;
  const periodic = askedSince === undefined ? from : askedSince + pass.settings.checkIntervalMs;
  const isDueOpen = dueAt !== undefined && (askedSince === undefined || askedSince < dueAt);
  const at = isDueOpen && dueAt <= periodic + pass.settings.checkIntervalMs * slackShare ? dueAt : periodic;
  if (pass.now < at) return { wakeAt: at };
  return { measure: measureOf(pass, run) };
}

function measureOf({ observed }: Pass, run: RunStatus): NonNullable<CheckPlan['measure']> {
  const when: Exclude<When, 'after'> = run.stage === 'Starting' ? 'before' : 'during';
  // Without a share of the traffic, what is judged is what came since it was opened to be judged.
  const begun = run.trafficSince ?? (when === 'during' ? run.stageSince : undefined);
  const since = begun === undefined ? undefined : timeOf(begun);
  return present({ revision: revisionOfRun(run), when, since, pods: observed.secondary?.pods });
}
