import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;

/** What needs a real Argo CD beside a real control plane: `pnpm e2e:argocd`. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    include: ['packages/testkit/test/argocd/**/*.e2e.test.ts', 'apps/operator/test/argocd/**/*.e2e.test.ts'],
    globalSetup: ['apps/operator/test/argocd/build-programs.ts'],
    // Releases take real time. Each wait has a deadline of its own, which says what did not come.
    testTimeout: 5 * minuteMs,
    hookTimeout: 5 * minuteMs,
    pool: 'threads',
    maxWorkers: '100%',
    sequence: { shuffle: true },
    reporters: ['verbose'],
  },
});
