import { Deployment } from '@canaryop/reconcile/kinds';
import { resourcePath, type ResourceKind } from '@canaryop/reconcile/object';
import { adminUser } from '@canaryop/simkube';

import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation } from '../../src/api/v1/names.ts';
import { ServiceEntry } from '../../src/targets/service/external-name.ts';
import { Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOfHosts } from '../../src/traffic/istio/weighted-hosts.ts';
import { Simulation, type SimulationOptions } from './simulated-cluster.ts';

/** The CanaryApp, and the Deployment that it was made for. */
export const podinfo = { namespace: 'default', name: 'podinfo' } as const;
export const named = (name: string) => ({ namespace: 'default', name });
export const image = (version: string): string => `go-status-code-server:${version}`;

/** A Deployment as somebody runs it who knows nothing of us. */
export function target(version: string, replicas = 2): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...podinfo, labels: { app: 'podinfo', team: 'x' } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'podinfo' } },
      template: {
        metadata: { labels: { app: 'podinfo' } },
        spec: {
          containers: [
            {
              name: 'podinfod',
              image: image(version),
              ports: [{ name: 'http', containerPort: 8088 }],
              readinessProbe: { tcpSocket: { port: 8088 }, periodSeconds: 1 },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
            },
          ],
        },
      },
    },
  };
}

/** A spec as a user writes it, whose times are short. */
export const adoptingSpec = {
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
  service: { port: 9898, targetPort: 8088, hosts: ['*'], gateways: ['public'] },
  analysis: {
    intervalSeconds: 10,
    threshold: 2,
    metrics: [{ name: 'request-success-rate', min: 99, intervalSeconds: 10 }],
  },
  deploymentReadyWaitTime: 5,
  drainSeconds: 5,
};

/** A cluster in which somebody runs podinfo behind an ingress, and no operator yet. */
export async function podinfoCluster(options: SimulationOptions = {}): Promise<AdoptedSimulation> {
  const sim = new AdoptedSimulation(options);
  const { loopback } = sim.cluster.server;
  loopback.create(Gateway, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: named('public'),
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  });
  loopback.create(Deployment, target('v1'));
  await sim.env.time.advance(5_000);
  return sim;
}

/** The Services of podinfo that routes lead to. */
export const services = { primary: 'podinfo-primary', secondary: 'podinfo-canary' } as const;

/** A simulation with words for an adopted application. */
export class AdoptedSimulation extends Simulation {
  adopt(spec: object = {}, name: string = podinfo.name): void {
    this.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: named(name),
      spec: { ...adoptingSpec, ...spec } as unknown as CanaryAppSpec,
    });
  }

  /** The CanaryApp, if it is there. */
  adopted(name: string = podinfo.name): CanaryApp | undefined {
    return this.cluster.server.loopback.get(CanaryApp, named(name));
  }

  untilAdopted(phase: string, limitMs = 900_000): Promise<void> {
    return this.env.time.until(() => this.adopted()?.status?.phase === phase, limitMs);
  }

  deployment(name: string = podinfo.name): Deployment | undefined {
    return this.cluster.server.loopback.get(Deployment, named(name));
  }

  /** The kinds that what is routed consists of. */
  get routeKinds(): readonly ResourceKind[] {
    return [VirtualService, ServiceEntry];
  }

  /** The share of the revision on trial. */
  get share(): number | undefined {
    const routes = this.cluster.server.loopback.get(VirtualService, podinfo);
    return routes && weightOfHosts(routes, services);
  }

  untilShare(share: number): Promise<void> {
    return this.env.time.until(() => this.share === share, 300_000);
  }

  /** Changes the target as its owner would. */
  release(version: string): void {
    const live = this.#live();
    const { template } = target(version).spec ?? {};
    this.cluster.server.loopback.update(Deployment, { ...live, spec: { ...live.spec, template } } as Deployment);
  }

  /** Sets the target's count by hand. */
  scaleTarget(replicas: number): void {
    const live = this.#live();
    this.cluster.server.loopback.update(Deployment, { ...live, spec: { ...live.spec, replicas } } as Deployment);
  }

  command(text: string): void {
    const app = this.adopted();
    if (app === undefined) throw new Error('there is no CanaryApp podinfo');
    const metadata = { ...app.metadata, annotations: { [commandAnnotation]: text } };
    this.cluster.server.loopback.update(CanaryApp, { ...app, metadata });
  }

  /** The same by a request that says who it is from. */
  async commandAs(fieldManager: string, text: string): Promise<void> {
    await this.cluster.server.transport(adminUser).request({
      method: 'PATCH',
      url: `https://simkube${resourcePath(CanaryApp, podinfo)}?fieldManager=${fieldManager}`,
      headers: { 'content-type': 'application/merge-patch+json', accept: 'application/json' },
      body: JSON.stringify({ metadata: { annotations: { [commandAnnotation]: text } } }),
    });
  }

  condition(type: string, name: string = podinfo.name) {
    return this.adopted(name)?.status?.conditions?.find((found) => found.type === type);
  }

  #live(): Deployment {
    const live = this.deployment();
    if (live === undefined) throw new Error('there is no Deployment podinfo');
    return live;
  }
}

/** The image of a Deployment's first container. */
export function imageOf(deployment: Deployment | undefined): string | undefined {
  return deployment?.spec?.template.spec?.containers[0]?.image;
}
