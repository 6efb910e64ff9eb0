/**
 * `pnpm bench rollout [--peers a,b] [--runs N] [--quick] [--json] [--write]`: the operator and its peers release the same
 * applications.
 */
import { runBenchmark } from '../document/run-benchmark.ts';
import { apiServerVersion } from '../measure/api-server-version.ts';
import { rolloutOptions, sizeText } from './rollout-options.ts';
import { measureRollouts } from './rollout.ts';
import { summarize } from './summary.ts';

/** Runs the benchmark. @param args what follows `rollout` */
export async function rolloutMain(args: readonly string[]): Promise<void> {
  const options = rolloutOptions(args);
  await runBenchmark('rollout', options, async (bench) => {
    const { runs, skipped } = await measureRollouts(bench, options);
    return {
      apiServer: await apiServerVersion(),
      size: sizeText(options.size),
      skipped,
      unfinished: runs.flatMap(({ peer, failure }) => (failure === undefined ? [] : [`${peer}, ${failure}`])),
      tables: summarize({ runs, skipped }, options.size),
      results: runs,
    };
  });
}
