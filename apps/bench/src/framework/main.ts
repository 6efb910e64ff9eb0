/**
 * `pnpm bench framework [--peers a,b] [--parts a,b] [--runs N] [--quick] [--json] [--write] [--add]`: the library and
 * its peers do the same work.
 */
import { runBenchmark } from '../document/run-benchmark.ts';
import { apiServerVersion } from '../measure/api-server-version.ts';
import { frameworkOptions, sizeText } from './framework-options.ts';
import { measureFrameworks, type PeerRun } from './framework.ts';
import { summarize, unfinished } from './summary.ts';

/** Runs the benchmark. @param args what follows `framework` */
export async function frameworkMain(args: readonly string[]): Promise<void> {
  const options = frameworkOptions(args);
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
