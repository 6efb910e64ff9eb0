import type { Step, StoryResult } from './story-event.ts';

/** What was seen of one release. */
export interface ReleaseTold {
  readonly steps: Step[];
  readonly seconds: number;
  readonly done: boolean;
}

/** What was seen of the story. */
export interface Told {
  v2: ReleaseTold;
  v3: ReleaseTold;
  readonly images: { v2: string; v3: string };
  lastFailedTag: string;
  /** Requests to /hello, and those of them without a 200. */
  sent: number;
  failed: number;
  /** Why the story ended early. */
  unfinished?: string;
}

const expectedWeights = [10, 20, 30, 40, 50];
/** Fewer answers say nothing about a share. */
const minAnswers = 30;
/** A right share is farther off than this many standard deviations once in ten thousand steps. */
const maxDeviations = 4;
/** Beyond chance: a request in flight while the weight changes. */
const slackPoints = 2;

/** Says whether the story held, and if not, why. */
export function judge(told: Told): StoryResult {
  const { v2, v3, lastFailedTag, sent, failed } = told;
  const weights = [...new Set(v2.steps.map(({ weight }) => weight))];
  const why = problems(told, weights);
  return {
    result: why.length === 0 ? 'ok' : 'failed',
    v2: { weights, promoted: v2.done, seconds: v2.seconds },
    v3: { rolledBack: v3.done, lastFailedTag, seconds: v3.seconds },
    requests: { sent, failedByRollout: failed },
    ...(why.length === 0 ? {} : { why }),
  };
}

function problems(told: Told, weights: readonly number[]): readonly string[] {
  const { v2, v3, images, lastFailedTag, sent, failed, unfinished } = told;
  const checks: readonly [boolean, string][] = [
    [unfinished === undefined, unfinished ?? ''],
    [v2.done, 'v2 was not promoted'],
    [
      weights.join() === expectedWeights.join(),
      `the weights of v2 were ${weights.join()}, not ${expectedWeights.join()}`,
    ],
    [v3.done, 'v3 was not rolled back'],
    [lastFailedTag === images.v3, `lastFailedTag is ${JSON.stringify(lastFailedTag)}, not ${images.v3}`],
    [failed === 0, `${failed} of ${sent} GET /hello were not answered with 200`],
    [sent > 0, 'no request was sent'],
  ];
  return [
    ...checks.filter(([holds]) => !holds).map(([, problem]) => problem),
    ...v2.steps.filter((step) => !isPlausible(step)).map(implausible),
  ];
}

/** Whether chance explains the difference between weight and share. */
export function isPlausible({ weight, share, answers }: Step): boolean {
  if (share === undefined || answers < minAnswers) return false;
  const deviation = Math.sqrt((weight * (100 - weight)) / answers);
  return Math.abs(share - weight) <= maxDeviations * deviation + slackPoints;
}

function implausible({ version, weight, share, answers }: Step): string {
  return `${version} answered ${share ?? 0} % of ${answers} requests at weight ${weight}`;
}
