import { startApiServer, type ApiServer } from '@canaryop/simkube';

import type { Bench } from '../benchmark.ts';
import { Child } from '../measure/child.ts';
import { countingProxy, type CountingProxy } from '../measure/counting-proxy.ts';
import { changeCount, ConfigMap, configMap, objectCount } from './config-maps.ts';
import type { ChangeReport, ReadReport, SyncReport } from './informer-report.ts';
import { withKubeconfig } from './kubeconfig-file.ts';

/** The libraries that can be measured. */
export type Library = 'reconcile' | 'client-node';

/** Everything that one informer process told. */
export interface InformerFigures {
  readonly sync: SyncReport;
  readonly changes: ChangeReport;
  readonly reads: ReadReport;
  /** TCP connections that the sequential reads opened. */
  readonly readConnections: number;
}

/** Runs one library in a process of its own against a simkube on loopback TLS in this one. */
export async function measureInformer(bench: Bench, library: Library): Promise<InformerFigures> {
  const server = await startApiServer({ env: bench.env, history: 2 * objectCount });
  for (let index = 0; index < objectCount; index += 1) server.loopback.create(ConfigMap, configMap(index));
  const proxy = await countingProxy(server.port);
  const kubeconfig = server.kubeconfig.replace(`:${server.port}`, `:${proxy.port}`);
  const figures = await withKubeconfig(kubeconfig, async (path) => {
    const child = new Child(new URL('main.ts', import.meta.url), [library, path]);
    try {
      await child.next();
      return await tell({ bench, library, child, server, proxy });
    } finally {
      await child.stop();
    }
  });
  proxy.close();
  await server.close();
  return figures;
}

interface Measured {
  readonly bench: Bench;
  readonly library: Library;
  readonly child: Child;
  readonly server: ApiServer;
  readonly proxy: CountingProxy;
}

async function tell({ bench, library, child, server, proxy }: Measured): Promise<InformerFigures> {
  bench.progress(`${library}: first list of ${objectCount} objects`);
  const sync = await child.ask<SyncReport>('sync');
  bench.progress(`${library}: ${changeCount} changes`);
  for (const live of server.loopback.list(ConfigMap).slice(0, changeCount)) {
    server.loopback.update(ConfigMap, { ...live, data: { ...live.data, round: '1' } });
  }
  const changes = await child.next<ChangeReport>();
  bench.progress(`${library}: sequential reads`);
  const before = proxy.connections;
  const reads = await child.ask<ReadReport>('read');
  return { sync, changes, reads, readConnections: proxy.connections - before };
}
