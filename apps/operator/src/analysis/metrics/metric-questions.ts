import type { AnalysisSpec } from '../../api/v1/canaryapp.ts';
import type { DocumentQuestion, InstantQuestion } from '../question.ts';
import { builtInOf, builtInQuery, requestCountQuery } from './istio-queries.ts';
import { fillPlaceholders, namesSubject, type Filled } from './placeholders.ts';
import { isSafe, type Subject } from './subject.ts';

export type MetricSpec = AnalysisSpec['metrics'][number];

/** Both sides of a release, and where to ask about them. */
export interface Subjects {
  readonly secondary: Subject;
  readonly primary: Subject;
  /** Absent: the operator's metrics server. */
  readonly prometheusURL?: string;
}

/** The questions of one metric. */
export interface MetricQuestions {
  readonly value: InstantQuestion | DocumentQuestion;
  /** The same of primary. */
  readonly baseline?: InstantQuestion;
  /** How many requests there were, on each side that is looked at. */
  readonly requests: readonly InstantQuestion[];
}

/** A time range to ask about: it ends at `now` (milliseconds since the epoch). */
export interface Span {
  readonly now: number;
  readonly since?: number;
}

interface Problem {
  readonly problem: string;
}

/** The questions of a metric, or why there are none. */
export function metricQuestions(subjects: Subjects, metric: MetricSpec, span: Span): MetricQuestions | Problem {
  const sides = metric.compareTo === undefined ? [subjects.secondary] : [subjects.secondary, subjects.primary];
  if (!sides.every(isSafe)) return { problem: 'a name of the target cannot be put into a query' };
  const seconds = secondsOf(metric, span);
  const ask = (query: string): InstantQuestion => instant(subjects, query, span.now);
  const isCounted = (metric.minimumRequests ?? 0) > 0;
  const requests = isCounted ? sides.map((side) => ask(requestCountQuery(side, seconds))) : [];
  const document = documentOf(metric);
  if (document !== undefined) return { value: document, requests };
  const filled = sides.map((side) => queryOf(metric, side, seconds));
  const problem = filled.find((one) => 'problem' in one);
  if (problem !== undefined) return problem;
  const [value, baseline] = filled.flatMap((one) => ('query' in one ? [ask(one.query)] : []));
  if (value === undefined) return noQuery;
  return baseline === undefined ? { value, requests } : { value, baseline, requests };
}

function documentOf({ name, url, jsonPath: path }: MetricSpec): DocumentQuestion | undefined {
  if (url === undefined || path === undefined) return undefined;
  return { kind: 'document', field: `url of metric ${name}`, url, path };
}

const noQuery: Problem = { problem: 'the metric is not built in, and has neither query nor url' };

function queryOf({ name, query, compareTo }: MetricSpec, subject: Subject, seconds: number): Filled {
  if (query !== undefined && compareTo !== undefined && !namesSubject(query)) {
    return { problem: 'compareTo needs the placeholder {{ workload }} or {{ service }} in the query' };
  }
  if (query !== undefined) return fillPlaceholders(query, subject, seconds);
  const builtIn = builtInOf(name);
  return builtIn === undefined ? noQuery : { query: builtInQuery(builtIn, subject, seconds) };
}

/** Over how long: never from before the revision's first traffic, which another revision had. */
function secondsOf({ intervalSeconds }: MetricSpec, { now, since }: Span): number {
  if (since === undefined) return intervalSeconds;
  return Math.min(intervalSeconds, Math.max(Math.floor((now - since) / 1000), 1));
}

function instant({ prometheusURL: url }: Subjects, query: string, atMs: number): InstantQuestion {
  return { kind: 'instant', field: 'prometheusURL', query, atMs, ...(url === undefined ? {} : { url }) };
}
