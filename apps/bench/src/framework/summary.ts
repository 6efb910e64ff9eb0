import { figureRows, type Comparison, type FigureDefinition, type FigureRow } from '../figures/figure-row.ts';
import type { FrameworkResult, PeerRun } from './framework.ts';

const figures: readonly FigureDefinition<PeerRun>[] = [
  { figure: 'cold start', unit: 'ms', of: ({ work }) => work?.coldMs, goal: 0.65 },
  { figure: 'requests of a cold start', unit: '', of: ({ work }) => work?.coldRequests },
  { figure: 'CPU of a cold start', unit: 's', of: ({ work }) => work?.coldCpuSeconds, goal: 1 },
  { figure: 'update of all', unit: 'ms', of: ({ work }) => work?.updateMs, goal: 0.8 },
  { figure: 'requests of an update of all', unit: '', of: ({ work }) => work?.updateRequests },
  { figure: 'CPU of an update of all', unit: 's', of: ({ work }) => work?.updateCpuSeconds, goal: 1 },
  { figure: 'latency, median', unit: 'ms', of: ({ work }) => work?.latencyP50Ms, goal: 1 },
  { figure: 'latency, 99th percentile', unit: 'ms', of: ({ work }) => work?.latencyP99Ms, goal: 1 },
  { figure: 'peak memory', unit: 'MiB', of: ({ work }) => work?.peakMiB, goal: 100, isAbsolute: true },
  { figure: 'requests at rest', unit: '', of: ({ work }) => work?.restRequests, goal: 0, isAbsolute: true },
  { figure: 'CPU at rest', unit: 's', of: ({ work }) => work?.restCpuSeconds, goal: 0.05, isAbsolute: true },
  { figure: 'cache filled', unit: 'ms', of: ({ cache }) => cache?.syncMs, goal: 1 },
  { figure: 'memory with a full cache', unit: 'MiB', of: ({ cache }) => cache?.residentMiB, goal: 0.85 },
];

const comparison: Comparison = { ours: 'reconcile', theirs: ['controller-runtime'] };

/** What all runs came to, a row for each figure. */
export function summarize({ runs }: FrameworkResult): readonly FigureRow[] {
  return figureRows(runs, figures, comparison);
}
