import type { Measured, Verdict } from '../../rollout/observed.ts';
import type { Answer } from '../question.ts';
import type { MetricSpec } from './metric-questions.ts';

/** The answers to a metric's questions. */
export interface MetricAnswers {
  readonly value: Answer;
  /** The same of primary, with `compareTo`. */
  readonly baseline?: Answer;
  /** Request counts of each side that is looked at. */
  readonly requests: readonly Answer[];
}

/** What one part of a check found, and how to say it. */
export interface Judged extends Measured {
  /** For instance `98.5 is below min 99`. */
  readonly text: string;
}

type Bounds = Pick<MetricSpec, 'name' | 'min' | 'max' | 'compareTo' | 'minimumRequests'>;

/**
 * Judges one metric. Whoever can't be asked, or does not answer, judges nobody; then requests have to be enough, then
 * there has to be a finite number, and only then it is compared with its bounds, which both belong to what passes.
 */
export function metricVerdict(metric: Bounds, answers: MetricAnswers): Judged {
  const { value, baseline, requests } = answers;
  const all = [value, ...(baseline === undefined ? [] : [baseline]), ...requests];
  const judged = (verdict: Verdict, text: string, number?: number): Judged => ({
    name: metric.name,
    verdict,
    text,
    ...(number === undefined ? {} : { value: number }),
  });
  const forbidden = all.find((answer) => answer.kind === 'forbidden');
  if (forbidden !== undefined) return judged('forbidden', forbidden.explanation);
  const failed = all.map(errorOf).find((error) => error !== undefined);
  if (failed !== undefined) return judged('error', failed);
  const { minimumRequests = 0 } = metric;
  const fewest = Math.min(...requests.map(countOf));
  if (fewest < minimumRequests) return judged('tooFewSamples', `${fewest} of ${minimumRequests} requests`);
  const measured = metric.compareTo === undefined ? numberOf(value) : relative(value, baseline);
  if (measured === undefined) return judged('noData', noDataText(metric, value, baseline));
  const breach = breachOf(metric, measured);
  return judged(breach === undefined ? 'pass' : 'breach', breach ?? shown(measured), measured);
}

/** How much secondary's number differs from primary's, in percent of primary's. Of 0 there is no percent: undefined. */
function relative(value: Answer, baseline: Answer | undefined): number | undefined {
  const secondary = numberOf(value);
  const primary = baseline && numberOf(baseline);
  if (secondary === undefined || primary === undefined) return undefined;
  const percent = ((secondary - primary) / Math.abs(primary)) * 100;
  return Number.isFinite(percent) ? percent : undefined;
}

/** NaN and the infinities are what a quotient is without requests: no number to judge by. */
function numberOf(answer: Answer): number | undefined {
  return answer.kind === 'value' && Number.isFinite(answer.value) ? answer.value : undefined;
}

/** Whole requests: `increase` extrapolates. No series is no requests. */
function countOf(answer: Answer): number {
  return Math.round(numberOf(answer) ?? 0);
}

function errorOf(answer: Answer): string | undefined {
  switch (answer.kind) {
    case 'error':
      return answer.errorClass;
    case 'value':
    case 'empty':
    case 'forbidden':
      return undefined;
    default:
      return 'the answer is not a number';
  }
}

function noDataText({ compareTo }: Bounds, value: Answer, baseline: Answer | undefined): string {
  if (compareTo === undefined || numberOf(value) === undefined) return 'no data';
  if (baseline !== undefined && numberOf(baseline) !== undefined) return 'no data: primary is 0, or too near to it';
  return 'no data of primary';
}

function breachOf({ min, max, compareTo }: Bounds, value: number): string | undefined {
  const unit = compareTo === undefined ? '' : ` % against ${compareTo}`;
  if (min !== undefined && value < min) return `${shown(value, min)}${unit} is below min ${min}`;
  if (max !== undefined && value > max) return `${shown(value, max)}${unit} is above max ${max}`;
  return min === undefined && max === undefined ? 'neither min nor max is set' : undefined;
}

const shownDigits = 6;

/** Rounded, unless it would then look like the bound that it is compared with. */
function shown(value: number, bound?: number): string {
  const rounded = Number(value.toPrecision(shownDigits));
  return String(rounded === bound ? value : rounded);
}
