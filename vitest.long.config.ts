import { defineConfig, mergeConfig } from 'vitest/config';

import base from './vitest.config.ts';

/** Simulations that take minutes: `pnpm test:long`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: { include: ['{packages,apps}/*/{src,test}/**/*.long.test.ts'], exclude: ['**/node_modules/**'] },
  }),
);
