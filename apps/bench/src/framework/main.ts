import { runBenchmark } from '../document/run-benchmark.ts';
import { apiServerVersion } from '../measure/api-server-version.ts';
import { frameworkOptions, sizeText, type FrameworkChoices } from './framework-options.ts';
import { measureFrameworks, type PeerRun } from './framework.ts';
import { summarize, unfinished } from './summary.ts';

/** `pnpm bench framework`: the library and its peers do the same work. */
export async function frameworkMain(choices: FrameworkChoices): Promise<void> {
  const options = frameworkOptions(choices);
  await runBenchmark<PeerRun>(options, {
    benchmark: 'framework',
    size: sizeText(options),
    measure: async (bench) => {
      const { runs, skipped } = await measureFrameworks(bench, options);
      const hasServer = runs.some(({ micro }) => micro === undefined);
      return { ...(hasServer ? { apiServer: await apiServerVersion() } : {}), skipped, results: runs };
    },
    summarize: ({ results, skipped }) => ({
      unfinished: unfinished(results),
      tables: summarize({ runs: results, skipped }),
    }),
  });
}
