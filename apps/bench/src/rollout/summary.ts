import { figureRows, type Comparison, type FigureDefinition } from '../figures/figure-row.ts';
import type { FigureTable } from '../figures/figure-table.ts';
import { percentile } from '../measure/percentile.ts';
import { total, type RequestCounts } from '../measure/server-requests.ts';
import type { BatchFigures, RolloutSize } from './measure-rollouts.ts';
import type { RolloutResult, RolloutRun } from './rollout.ts';

type Definition = FigureDefinition<RolloutRun>;

const verbs = ['get', 'list', 'create', 'update', 'patch', 'delete'];
const seconds = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : milliseconds / 1000;
const atMost = (goal: number): Pick<Definition, 'goal' | 'isAbsolute'> => ({ goal, isAbsolute: true });

/** A release alone, and many at the same moment. */
function releaseFigures({ many }: RolloutSize): readonly Definition[] {
  const late = `${many}: lateness of a step, 95th percentile`;
  return [
    { figure: '1: first weight', unit: 's', of: ({ one }) => seconds(one?.firstWeightP50Ms) },
    { figure: '1: API requests', unit: '', of: ({ one }) => perRelease(one) },
    {
      figure: `${many}: first weight, median`,
      unit: 's',
      of: (run) => seconds(run.many?.firstWeightP50Ms ?? bare(run, 0.5)),
    },
    {
      figure: `${many}: first weight, 95th percentile`,
      unit: 's',
      of: (run) => seconds(run.many?.firstWeightP95Ms ?? bare(run, 0.95)),
      ...atMost(3),
    },
    { figure: late, unit: 's', of: (run) => seconds(run.many?.latenessP95Ms), ...atMost(0.3) },
    { figure: `${many}: CPU`, unit: 's', of: (run) => run.many?.cpuSeconds, ...atMost(5) },
    { figure: `${many}: peak memory`, unit: 'MiB', of: (run) => run.many?.peakMiB, ...atMost(120) },
    { figure: `${many}: not promoted`, unit: '', of: (run) => run.many?.unfinished, ...atMost(0) },
    { figure: `${many}: API requests a release`, unit: '', of: (run) => perRelease(run.many), ...atMost(32) },
    ...verbs.map((verb) => ({
      figure: `${many}: API requests a release, ${verb}`,
      unit: '',
      of: (run: RolloutRun) => perRelease(run.many, verb),
    })),
  ];
}

/** When there is nothing to do, and when something has to be undone. */
function otherFigures({ many, restSeconds }: RolloutSize): readonly Definition[] {
  const atRest = `${many} at rest for ${restSeconds} s`;
  return [
    { figure: `${atRest}: API requests`, unit: '', of: ({ rest }) => rest && total(rest.requests), ...atMost(0) },
    { figure: `${atRest}: CPU`, unit: 's', of: ({ rest }) => rest?.cpuSeconds, ...atMost(0.1) },
    {
      figure: 'bad sample to weight 0, slowest',
      unit: 's',
      of: ({ rollbackMs }) => (rollbackMs === undefined ? undefined : seconds(Math.max(...rollbackMs))),
      ...atMost(6),
    },
  ];
}

function veryManyFigures({ veryMany: count }: RolloutSize): readonly Definition[] {
  const late = `${count}: lateness of a step, 95th percentile`;
  return [
    {
      figure: `${count}: first weight, 95th percentile`,
      unit: 's',
      of: ({ veryMany }) => seconds(veryMany?.firstWeightP95Ms),
      ...atMost(15),
    },
    { figure: late, unit: 's', of: ({ veryMany }) => seconds(veryMany?.latenessP95Ms), ...atMost(1) },
    { figure: `${count}: CPU`, unit: 's', of: ({ veryMany }) => veryMany?.cpuSeconds, ...atMost(25) },
    { figure: `${count}: peak memory`, unit: 'MiB', of: ({ veryMany }) => veryMany?.peakMiB },
    {
      figure: `${count}: API requests`,
      unit: '',
      of: ({ veryMany }) => veryMany && total(veryMany.requests),
      ...atMost(32_000),
    },
    { figure: `${count}: not promoted`, unit: '', of: ({ veryMany }) => veryMany?.unfinished, ...atMost(0) },
  ];
}

const comparison: Comparison = {
  ours: 'operator',
  theirs: ['flagger', 'flagger, raised', 'argo-rollouts', 'argo-rollouts, raised'],
};

/** What all runs came to. */
export function summarize({ runs }: RolloutResult, size: RolloutSize): readonly FigureTable[] {
  const definitions = [...releaseFigures(size), ...otherFigures(size), ...veryManyFigures(size)];
  const rows = figureRows(runs, definitions, comparison);
  if (rows.length === 0) return [];
  return [{ title: 'The same releases', ...comparison, comparedWith: 'the best of the others', rows }];
}

/** Without an operator there is no weight, and the workload is all that there is to wait for. */
function bare({ bareMs }: RolloutRun, share: number): number | undefined {
  return bareMs && percentile(bareMs, share);
}

function perRelease(batch: BatchFigures | undefined, verb?: string): number | undefined {
  if (batch === undefined) return undefined;
  return total(verb === undefined ? batch.requests : ofVerb(batch.requests, verb)) / batch.applications;
}

function ofVerb(requests: RequestCounts, verb: string): RequestCounts {
  return Object.fromEntries(Object.entries(requests).filter(([key]) => key.startsWith(`${verb} `)));
}
