import { figureRows, type Comparison, type FigureDefinition } from '../figures/figure-row.ts';
import type { FigureTable } from '../figures/figure-table.ts';
import type { FrameworkResult, PeerRun } from './framework.ts';
import type { CacheFigures } from './measure-cache.ts';
import type { WorkFigures } from './measure-work.ts';
import type { Outcome } from './outcome.ts';

const measured = <F>(outcome: Outcome<F> | undefined, key: keyof Outcome<F>['figures']) =>
  outcome === undefined ? undefined : ((outcome.figures[key] as number | undefined) ?? 'unfinished');
const ofWork = (key: keyof WorkFigures) => (run: PeerRun) => measured(run.work, key);
const ofCache = (key: keyof CacheFigures) => (run: PeerRun) => measured(run.cache, key);

const figures: readonly FigureDefinition<PeerRun>[] = [
  { figure: 'cold start', unit: 'ms', of: ofWork('coldMs'), goal: 0.65 },
  { figure: 'requests of a cold start', unit: '', of: ofWork('coldRequests') },
  { figure: 'CPU of a cold start', unit: 's', of: ofWork('coldCpuSeconds'), goal: 1 },
  { figure: 'update of all', unit: 'ms', of: ofWork('updateMs'), goal: 0.8 },
  { figure: 'requests of an update of all', unit: '', of: ofWork('updateRequests') },
  { figure: 'CPU of an update of all', unit: 's', of: ofWork('updateCpuSeconds'), goal: 1 },
  { figure: 'latency, median', unit: 'ms', of: ofWork('latencyP50Ms'), goal: 1 },
  { figure: 'latency, 99th percentile', unit: 'ms', of: ofWork('latencyP99Ms'), goal: 1 },
  { figure: 'peak memory', unit: 'MiB', of: ofWork('peakMiB'), goal: 100, isAbsolute: true },
  { figure: 'requests at rest', unit: '', of: ofWork('restRequests'), goal: 0, isAbsolute: true },
  { figure: 'CPU at rest', unit: 's', of: ofWork('restCpuSeconds'), goal: 0.05, isAbsolute: true },
  { figure: 'cache filled', unit: 'ms', of: ofCache('syncMs'), goal: 1 },
  { figure: 'memory with a full cache', unit: 'MiB', of: ofCache('residentMiB'), goal: 0.85 },
];

/** The peer that is this repository's. */
export const ours = 'reconcile';

const comparison: Comparison = { ours, theirs: ['controller-runtime'] };

const microFigures: readonly FigureDefinition<PeerRun>[] = [
  { figure: 'queue: add, take, done', unit: 'ns', of: ({ micro }) => micro?.queueCycleNs },
  { figure: 'queue: add of a key that is there', unit: 'ns', of: ({ micro }) => micro?.queueKnownNs },
  { figure: 'queue: add for later', unit: 'ns', of: ({ micro }) => micro?.queueDelayedNs },
  { figure: 'queue: add with back-off', unit: 'ns', of: ({ micro }) => micro?.queueRateLimitedNs },
  { figure: 'cache: get by key', unit: 'ns', of: ({ micro }) => micro?.getNs },
  { figure: 'cache: 100 objects of a namespace', unit: 'ns', of: ({ micro }) => micro?.listNamespaceNs },
  { figure: 'cache: 20 objects by an index', unit: 'ns', of: ({ micro }) => micro?.byIndexNs },
  {
    figure: 'heap per cached ConfigMap of 2 KB',
    unit: 'bytes',
    of: ({ micro }) => micro?.heapBytesPerObject,
    goal: 2600,
    isAbsolute: true,
  },
  {
    figure: 'import, over the bare runtime',
    unit: 'MiB',
    of: ({ micro }) => micro?.importMiB,
    goal: 30,
    isAbsolute: true,
  },
  { figure: 'watch event decoded, ConfigMap', unit: 'µs', of: ({ micro }) => micro?.configMapDecodedUs },
  { figure: 'watch event decoded, Pod', unit: 'µs', of: ({ micro }) => micro?.podDecodedUs },
  { figure: 'watch event to handler, ConfigMap', unit: 'µs', of: ({ micro }) => micro?.configMapHandledUs },
  { figure: 'watch event to handler, Pod', unit: 'µs', of: ({ micro }) => micro?.podHandledUs },
];

const microComparison: Comparison = { ours, theirs: ['client-go'] };

/** What all runs came to: the work beside controller-runtime's, and its smallest pieces beside client-go's. */
export function summarize({ runs }: FrameworkResult): readonly FigureTable[] {
  const isMicro = ({ micro }: PeerRun): boolean => micro !== undefined;
  const work = runs.filter((run) => !isMicro(run));
  const micro = runs.filter(isMicro);
  const tables = [
    { title: 'The same work', ...comparison, rows: figureRows(work, figures, comparison) },
    { title: 'In the process alone', ...microComparison, rows: figureRows(micro, microFigures, microComparison) },
  ];
  return tables
    .filter(({ rows }) => rows.length > 0)
    .map((table) => ({ ...table, comparedWith: table.theirs.join(' or ') }));
}

/** Who did not finish what, and why. */
export function unfinished(runs: readonly PeerRun[]): readonly string[] {
  const failures = runs.flatMap(({ peer, work: inWork, cache: inCache }) =>
    [inWork?.failure, inCache?.failure].flatMap((failure) =>
      failure === undefined ? [] : [`${peer}, ${onOneLine(failure)}`],
    ),
  );
  return [...new Set(failures)];
}

/** Its beginning, and its end, where programs say what was wrong. */
function onOneLine(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 100)} … ${line.slice(-300)}` : line;
}
