import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'apps/*/{src,test}/**/*.test.ts',
      '{examples,scripts}/**/*.test.ts',
    ],
    // These need a real control plane (vitest.e2e.config.ts), or minutes (vitest.long.config.ts).
    exclude: [...configDefaults.exclude, '**/*.{e2e,long}.test.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    // By default one core is left free, which on two cores means that no two files run side by side.
    maxWorkers: '100%',
    sequence: { shuffle: true },
  },
});
