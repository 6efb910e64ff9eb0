import { afterAll, beforeAll, inject, type TestContext } from 'vitest';

import type { OwnWorld, WorldAddress } from '../world/world-address.ts';
import { Operators } from './operator-process.ts';
import type { Requests } from './requests.ts';
import { ReleasedApp } from './released-app.ts';
import { TestCluster } from './test-cluster.ts';

/** What the stories of one file share. */
export interface FileStage {
  readonly world: WorldAddress;
  readonly operators: Operators;
  /** Usable from `beforeAll` on. */
  readonly cluster: TestCluster;
  /** An application that somebody else makes, in a namespace that is there. */
  look(key: ReleasedApp['key'], host: string): ReleasedApp;
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
    look: ({ namespace, name }, host) => {
      const app = new ReleasedApp(opened(), namespace, { name, host });
      apps.push(app);
      return app;
    },
    app: async (namespace, options = {}) => {
      await opened().namespace(namespace);
      const app = new ReleasedApp(opened(), namespace, options);
      apps.push(app);
      return app;
    },
  };
}

/**
 * Installs an application, and sends requests to it from then on where there is an ingress of our own. On an existing
 * cluster nobody asks, and what a story says of objects and order has to do.
 */
export async function servedApp(
  stage: FileStage,
  namespace: string,
): Promise<{ app: ReleasedApp; requests: Requests }> {
  const app = await stage.app(namespace);
  const { own } = stage.world;
  if (own !== undefined) {
    await app.install(own.ingressPort);
    return { app, requests: app.requests(own.ingressPort) };
  }
  await app.create();
  await app.untilPhase('Released');
  return { app, requests: { failures: [], stop: () => Promise.resolve() } };
}

/** The parts of a world of our own. On an existing cluster the test is reported as skipped, with this reason. */
export function ownWorld({ world }: FileStage, context: TestContext): OwnWorld {
  return world.own ?? context.skip('it needs the ingress, the Prometheus or the audit log of a cluster of our own');
}
