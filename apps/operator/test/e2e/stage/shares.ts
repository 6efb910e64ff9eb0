import type { ReleasedApp } from './released-app.ts';
import type { SteadyRequests } from './requests.ts';

/** The ingress follows a weight with a lag: istiod collects changes for 100 ms, and up to 10 s while they keep coming. */
const lagMs = 700;
/** A right share is farther off than this many standard deviations once in ten thousand steps. */
const maxDeviations = 4;
/** Fewer answers say nothing. */
const minAnswers = 50;

/** What was measured while a weight held. */
export interface Share {
  readonly weight: number;
  readonly answers: number;
  readonly percent: number;
}

/** The share of the answers that a version gave, for each weight but 0, until primary gets the version too. */
export function shares(app: ReleasedApp, requests: SteadyRequests, version: string): readonly Share[] {
  const promotedAt = app.statuses.find(({ status }) => status.phase === 'Promoting')?.at ?? Infinity;
  return app.weights.flatMap(({ at, weight }, index) => {
    const next = app.weights[index + 1];
    if (weight === undefined || weight === 0 || next === undefined) return [];
    return [{ weight, ...requests.share(version, at + lagMs, Math.min(next.at, promotedAt)) }];
  });
}

/** Whether chance explains the difference between weight and share. */
export function isPlausible({ weight, answers, percent }: Share): boolean {
  const deviation = Math.sqrt((weight * (100 - weight)) / answers);
  return answers >= minAnswers && Math.abs(percent - weight) <= maxDeviations * deviation;
}
