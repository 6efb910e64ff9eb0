import type { Choices } from '../document/choices.ts';
import { runBenchmark } from '../document/run-benchmark.ts';
import { apiServerVersion } from '../measure/api-server-version.ts';
import { rolloutOptions, sizeText } from './rollout-options.ts';
import { measureRollouts, type RolloutRun } from './rollout.ts';
import { summarize } from './summary.ts';

/** `pnpm bench rollout`: the operator and its peers release the same applications. */
export async function rolloutMain(choices: Choices): Promise<void> {
  const options = rolloutOptions(choices);
  await runBenchmark<RolloutRun>(options, {
    benchmark: 'rollout',
    size: sizeText(options.size),
    measure: async (bench) => {
      const { runs, skipped } = await measureRollouts(bench, options);
      return { apiServer: await apiServerVersion(), skipped, results: runs };
    },
    summarize: ({ results, skipped }) => ({
      unfinished: results.flatMap(({ peer, failure }) => (failure === undefined ? [] : [`${peer}, ${failure}`])),
      tables: summarize({ runs: results, skipped }, options.size),
    }),
  });
}
