import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;
const resolve = { conditions: ['source', 'node', 'import', 'default'] };
/** The last is where vitest runs set-ups: without it they would need packages that were built. */
const shared = { ssr: { resolve }, resolve, environments: { __vitest__: { resolve } } };

/** Files in any order, but for the one that reads the audit log of all others. */
class AuditLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isAudit = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('/audit.e2e.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter((file) => !isAudit(file)), ...sorted.filter(isAudit)];
  }
}

/** What needs a real control plane: `pnpm e2e`. On a cold machine its programs are built first, which takes minutes. */
export default defineConfig({
  ...shared,
  test: {
    sequence: { sequencer: AuditLast },
    projects: [
      {
        ...shared,
        test: {
          name: 'testkit',
          include: ['packages/*/test/e2e/**/*.e2e.test.ts', 'apps/operator/test/{chart,policy}/**/*.e2e.test.ts'],
          globalSetup: ['packages/testkit/test/e2e/build-programs.ts'],
          testTimeout: 2 * minuteMs,
          // Long enough for a file to build the programs that only it needs.
          hookTimeout: 25 * minuteMs,
          pool: 'threads',
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          name: 'operator',
          include: ['apps/operator/test/e2e/**/*.e2e.test.ts'],
          globalSetup: ['apps/operator/test/e2e/world/setup.ts'],
          testTimeout: 3 * minuteMs,
          hookTimeout: 2 * minuteMs,
          pool: 'threads',
          // One world for all files, and in each file operators of its own: one file after the other. Its stories run
          // side by side, since they mostly wait.
          maxWorkers: 1,
          maxConcurrency: 40,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
