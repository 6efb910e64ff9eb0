import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;
const resolve = { conditions: ['source', 'node', 'import', 'default'] };

export default defineConfig({
  ssr: { resolve },
  resolve,
  test: {
    include: ['apps/operator/test/e2e/**/*.e2e.test.ts'],
    globalSetup: ['apps/operator/test/e2e/world/setup.ts'],
    testTimeout: 2 * minuteMs,
    hookTimeout: 25 * minuteMs,
    pool: 'threads',
    fileParallelism: false,
    maxConcurrency: 20,
  },
});
