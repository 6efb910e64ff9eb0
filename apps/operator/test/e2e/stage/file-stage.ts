import { afterAll, beforeAll, inject, type TestContext } from 'vitest';

import type { OwnWorld, WorldAddress } from '../world/world-address.ts';
import { Operators } from './operator-process.ts';
import { ReleasedApp } from './released-app.ts';
import { TestCluster } from './test-cluster.ts';

/** What the stories of one file share. */
export interface FileStage {
  readonly world: WorldAddress;
  readonly operators: Operators;
  /** Usable from `beforeAll` on. */
  readonly cluster: TestCluster;
  /** An application in a namespace of its own that is named after it. What it sends ends with the file. */
  app(namespace: string, options?: { readonly name?: string; readonly host?: string }): Promise<ReleasedApp>;
}

/** Opens the cluster for the tests of a file and closes it after them, operators first. Call it outside of tests. */
export function fileStage(): FileStage {
  const world = inject('world');
  const operators = new Operators(world);
  const apps: ReleasedApp[] = [];
  let cluster: TestCluster | undefined;
  const opened = (): TestCluster => {
    if (cluster === undefined) throw new Error('the cluster is opened by beforeAll');
    return cluster;
  };
  beforeAll(async () => {
    cluster = await TestCluster.open(world.kubeconfig);
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await operators.stop();
    await cluster?.close();
  });
  return {
    world,
    operators,
    get cluster() {
      return opened();
    },
    app: async (namespace, options = {}) => {
      const known = apps.some(({ key }) => key.namespace === namespace);
      if (!known) await opened().namespace(namespace);
      const app = new ReleasedApp(opened(), namespace, options);
      apps.push(app);
      return app;
    },
  };
}

/** The parts of a world of our own. On an existing cluster the test is reported as skipped, with this reason. */
export function ownWorld({ world }: FileStage, context: TestContext): OwnWorld {
  if (world.own === undefined)
    context.skip('it needs the ingress, the Prometheus or the audit log of a cluster of our own');
  return world.own as OwnWorld;
}
