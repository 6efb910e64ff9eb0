import type { Transport, TransportRequest } from '@canaryop/reconcile/env';
import { Deployment } from '@canaryop/reconcile/kinds';
import { resourceKind } from '@canaryop/reconcile/object';

import { CanaryApp, type AnalysisSpec, type CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { HttpClient } from '../../src/analysis/http.ts';
import { prometheusInstant } from '../../src/analysis/providers/prometheus-instant.ts';
import { Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOfHosts } from '../../src/traffic/istio/weighted-hosts.ts';
import { scriptedNetwork } from '../analysis/scripted-network.ts';
import { Simulation } from './simulated-cluster.ts';

const key = { namespace: 'default', name: 'podinfo' } as const;
const testerHost = 'tester.default.svc';

const Event = resourceKind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
});

/** What a webhook was told. */
export interface Told {
  readonly path: string;
  readonly phase: string;
  readonly revision: string;
}

/** A simulated cluster with a Deployment of somebody's that a CanaryApp releases, judged by an analysis. */
export class AnalysedPodinfo {
  readonly simulation: Simulation;
  readonly told: Told[] = [];
  /** What the tester answers, by path; 200 where nothing is said. */
  readonly statuses = new Map<string, number>();

  private constructor() {
    const here = { host: '127.0.0.1', port: 80 };
    this.simulation = new Simulation({
      provider: this.#network(() => this.simulation.prometheus.transport()),
      operator: {
        addresses: {
          allowedHosts: [],
          resolve: new Map([
            ['prometheus.istio-system.svc:9090', here],
            [`${testerHost}:80`, here],
          ]),
          refusedAddresses: [],
        },
      },
    });
  }

  /** Started, and at rest with v1. Analysed each 20 seconds, of which two failed checks are one too many. */
  static async start(analysis: Partial<AnalysisSpec>): Promise<AnalysedPodinfo> {
    const podinfo = new AnalysedPodinfo();
    const { loopback } = podinfo.simulation.cluster.server;
    loopback.create(Deployment, deploymentOf('v1'));
    await podinfo.simulation.env.time.advance(5_000);
    podinfo.simulation.startOperator();
    loopback.create(CanaryApp, appOf({ intervalSeconds: 20, threshold: 2, ...analysis }));
    loopback.create(Gateway, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { namespace: 'default', name: 'public' },
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      },
    });
    await podinfo.until(({ phase }) => phase === 'Released');
    return podinfo;
  }

  /** A URL of the tester. */
  static hook(path: string): string {
    return `http://${testerHost}/${path}`;
  }

  get status(): CanaryAppStatus {
    const status = this.simulation.cluster.server.loopback.get(CanaryApp, key)?.status;
    if (status === undefined) throw new Error('podinfo has no status');
    return status;
  }

  get reason(): string | undefined {
    return this.status.conditions?.find(({ type }) => type === 'Ready')?.reason;
  }

  get weight(): number {
    const routes = this.simulation.cluster.server.loopback.get(VirtualService, key);
    const hosts = { primary: 'podinfo-primary', secondary: 'podinfo-canary' };
    return (routes && weightOfHosts(routes, hosts)) ?? 0;
  }

  /** Reasons and notes of all events so far. */
  get events(): readonly { readonly reason: string; readonly note: string }[] {
    return this.simulation.cluster.server.loopback.list(Event).map((event) => {
      const { reason = '', note = '' } = event as { reason?: string; note?: string };
      return { reason, note };
    });
  }

  /** What Prometheus says of a query now; undefined when it has no single number. */
  async measure(query: string): Promise<number | undefined> {
    const { prometheus, env } = this.simulation;
    const { wire } = scriptedNetwork({});
    const http = new HttpClient(prometheus.transport(), env.timers, { timeoutMs: 5_000, maxBytes: 262_144 });
    const question = { kind: 'instant', field: 'query', query, atMs: env.clock.now() } as const;
    const answer = await prometheusInstant({ ...wire, http }).ask(question, new AbortController().signal);
    return answer.kind === 'value' ? answer.value : undefined;
  }

  release(version: string): void {
    const { loopback } = this.simulation.cluster.server;
    const live = loopback.get(Deployment, key);
    if (live === undefined) throw new Error('there is no podinfo');
    const { template } = deploymentOf(version).spec ?? {};
    loopback.update(Deployment, { ...live, spec: { ...live.spec, template } } as Deployment);
  }

  async until(holds: (status: CanaryAppStatus) => boolean, limitMs = 900_000): Promise<void> {
    const { server } = this.simulation.cluster;
    await this.simulation.env.time.until(() => {
      const status = server.loopback.get(CanaryApp, key)?.status;
      return status !== undefined && holds(status);
    }, limitMs);
  }

  #network(prometheus: () => Transport): Transport {
    return {
      close: () => Promise.resolve(),
      request: (request) => (request.url.includes(testerHost) ? this.#hear(request) : prometheus().request(request)),
    };
  }

  #hear({ url, body }: TransportRequest): ReturnType<Transport['request']> {
    const path = URL.parse(url)?.pathname.slice(1) ?? '';
    const { phase, revision } = JSON.parse(String(body)) as Omit<Told, 'path'>;
    this.told.push({ path, phase, revision });
    return Promise.resolve({ status: this.statuses.get(path) ?? 200, headers: {}, body: nothing() });
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode('secret text');
}

function appOf(analysis: Partial<AnalysisSpec>): CanaryApp {
  const spec = {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: key.name },
    service: { port: 80, targetPort: 8088, hosts: ['*'], gateways: ['public'] },
    strategy: { stepWeight: 25, maxWeight: 50 },
    analysis,
    deploymentReadyWaitTime: 5,
    drainSeconds: 10,
  } as const;
  return CanaryApp.withDefaults({ apiVersion: 'canary.atze.io/v1', kind: 'CanaryApp', metadata: key, spec });
}

function deploymentOf(version: string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...key, labels: { app: key.name } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: key.name } },
      template: {
        metadata: { labels: { app: key.name } },
        spec: {
          containers: [
            {
              name: 'podinfod',
              image: `go-status-code-server:${version}`,
              ports: [{ name: 'http', containerPort: 8088 }],
              readinessProbe: { tcpSocket: { port: 8088 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}
