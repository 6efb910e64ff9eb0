import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;

/** What needs a real control plane: `pnpm e2e`. On a cold machine its programs are built first, which takes minutes. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    include: ['packages/*/test/e2e/**/*.e2e.test.ts', 'apps/*/test/{e2e,chart}/**/*.e2e.test.ts'],
    globalSetup: ['packages/testkit/test/e2e/build-programs.ts'],
    testTimeout: 2 * minuteMs,
    // Long enough for a file to build the programs that only it needs.
    hookTimeout: 25 * minuteMs,
    pool: 'threads',
    maxWorkers: '100%',
    sequence: { shuffle: true },
  },
});
