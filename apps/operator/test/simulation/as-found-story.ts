import { ConfigMap, Deployment, HorizontalPodAutoscaler, Secret, Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { ServiceEntry } from '../../src/targets/service/external-name.ts';
import { Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { adoptingSpec, named, podinfo, type AdoptedSimulation } from './adopted-simulation.ts';

const kinds = [
  Deployment,
  HorizontalPodAutoscaler,
  Service,
  ConfigMap,
  Secret,
  Gateway,
  VirtualService,
  ServiceEntry,
] as const;

/** Written by the API server and by the controller of Deployments, whoever asked for what. */
const bookkeeping = new Set(['resourceVersion', 'managedFields', 'generation', 'deployment.kubernetes.io/revision']);

/** Objects of the namespace as their owner would compare them, by kind and name. */
export type Snapshot = Readonly<Record<string, unknown>>;

export function everything({ cluster }: AdoptedSimulation): Snapshot {
  const objects = kinds.flatMap((kind) => cluster.server.loopback.list<KubernetesObject>(kind));
  const own = objects.filter(({ metadata }) => metadata.namespace === podinfo.namespace);
  return Object.fromEntries(own.map((object) => [`${object.kind} ${object.metadata.name}`, asWritten(object)]));
}

/** No object is told from one with an empty map of annotations. */
function asWritten({ status: _status, ...object }: KubernetesObject & { readonly status?: unknown }): unknown {
  const isEmpty = (key: string, value: unknown): boolean =>
    key === 'annotations' && Object.keys(value as object).every((name) => bookkeeping.has(name));
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (bookkeeping.has(key) || isEmpty(key, value) ? undefined : value)),
  );
}

/** What its owner has, and how it is adopted. */
export interface Found {
  readonly prepare: (sim: AdoptedSimulation) => void;
  readonly spec: object;
  /** Changes what is released, as its owner does. */
  readonly release: (sim: AdoptedSimulation) => void;
  /** What should be left of what was found, given what its owner changed until `now`. */
  readonly withEdits: (found: Snapshot, now: Snapshot) => Snapshot;
}

const autoscaler: HorizontalPodAutoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { ...podinfo, labels: { team: 'x' }, annotations: { owner: 'x' } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    minReplicas: 1,
    maxReplicas: 6,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
  },
};
const autoscalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
const serviceWith = (spec: NonNullable<Service['spec']>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...podinfo, labels: { team: 'x' }, annotations: { owner: 'x' } },
  spec,
});
const port = { name: 'http', port: 9898, targetPort: 8088, protocol: 'TCP' };
const inside = serviceWith({ selector: { app: 'podinfo' }, ports: [port] });
const adopting = { service: { ...adoptingSpec.service, adopt: true } };

/** Of a Deployment its owner changes the template; the rest is as it was found. */
const deployment = (objects: readonly KubernetesObject[], spec: object): Found => ({
  prepare: (sim) => {
    for (const object of objects) {
      if (object.kind === 'Service') sim.cluster.server.loopback.create(Service, object);
      else sim.cluster.server.loopback.create(HorizontalPodAutoscaler, object as HorizontalPodAutoscaler);
    }
  },
  spec,
  release: (sim) => {
    sim.release('v2');
  },
  withEdits: (found, now) => {
    const [target, edited] = [found, now].map((each) => each['Deployment podinfo'] as Deployment);
    return {
      ...found,
      'Deployment podinfo': { ...target, spec: { ...target?.spec, template: edited?.spec?.template } },
    };
  },
});

/** Of a Service that is released nothing is ever written but by its owner. */
const service = (before: Service, after: NonNullable<Service['spec']>): Found => ({
  prepare: ({ cluster }) => {
    cluster.server.loopback.create(Service, before);
  },
  spec: {
    targetRef: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' },
    analysis: { intervalSeconds: 10, threshold: 2, metrics: [{ name: 'errors', query: 'vector(0)', max: 0 }] },
  },
  release: ({ cluster }) => {
    const live = cluster.server.loopback.get(Service, podinfo);
    cluster.server.loopback.update(Service, { ...live, spec: { ...live?.spec, ...after } } as Service);
  },
  withEdits: (found, now) => ({ ...found, 'Service podinfo': now['Service podinfo'] }),
});

export const founds = {
  'a Deployment': deployment([], {}),
  'a Deployment and its autoscaler': deployment([autoscaler], { autoscalerRef }),
  'a Deployment and its Service': deployment([inside], adopting),
  'a Deployment, its autoscaler and its Service': deployment([autoscaler, inside], { autoscalerRef, ...adopting }),
  'a Service with pods': service(inside, { ports: [{ ...port, targetPort: 'http' }] }),
  'a Service with an external name': service(serviceWith({ type: 'ExternalName', externalName: 'blue.example.com' }), {
    externalName: 'green.example.com',
  }),
} satisfies Readonly<Record<string, Found>>;

type Moment = (sim: AdoptedSimulation, found: Found) => Promise<void>;

const atStage = (sim: AdoptedSimulation, stage: string): Promise<void> =>
  sim.env.time.until(() => sim.adopted()?.status?.run?.stage === stage, 300_000);
const releasing = async (sim: AdoptedSimulation, { release }: Found): Promise<void> => {
  await sim.untilAdopted('Released');
  release(sim);
  await atStage(sim, 'Starting');
};
const aborting: Moment = async (sim, found) => {
  await releasing(sim, found);
  await sim.untilShare(20);
  sim.command('abort@next#1');
  await atStage(sim, 'Ending');
};

/** When the CanaryApp is deleted. */
export const moments = {
  'when it has its finalizer only': (sim) =>
    sim.env.time.until(() => (sim.adopted()?.metadata.finalizers?.length ?? 0) > 0),
  'before primary has taken over': (sim) =>
    sim.env.time.until(() => sim.cluster.server.loopback.get(Service, named('podinfo-primary')) !== undefined),
  'when primary has just taken over': (sim) => sim.untilShare(0),
  'at rest': (sim) => sim.untilAdopted('Released'),
  'before the first weight': releasing,
  'in the middle of a release': async (sim, found) => {
    await releasing(sim, found);
    await sim.untilShare(20);
  },
  'in the middle of a promotion': async (sim, found) => {
    await releasing(sim, found);
    await atStage(sim, 'Promoting');
  },
  'while a failed release is cleared away': aborting,
  'after a failure': async (sim, found) => {
    await aborting(sim, found);
    await sim.untilAdopted('Failed');
  },
  'after a promotion': async (sim, found) => {
    await releasing(sim, found);
    await sim.untilShare(50);
    await sim.untilAdopted('Released');
  },
} satisfies Readonly<Record<string, Moment>>;

/** What is left once the CanaryApp was deleted, beside what should be. */
export interface Left {
  readonly left: Snapshot;
  readonly expected: Snapshot;
  /** What of ours was removed while the target was not fit to serve alone. */
  readonly tooEarly: readonly string[];
}

/** Adopts what was found, deletes the CanaryApp at a moment, and looks at what is left two minutes later. */
export async function adoptAndDelete(sim: AdoptedSimulation, found: Found, moment: Moment): Promise<Left> {
  const { loopback } = sim.cluster.server;
  found.prepare(sim);
  const before = everything(sim);
  const stop = sim.sendRequests('/hello', 200);
  sim.startOperator();
  sim.adopt(found.spec);
  await moment(sim, found);
  const expected = found.withEdits(before, everything(sim));
  const tooEarly: string[] = [];
  for (const kind of [Deployment, VirtualService])
    loopback.watch<KubernetesObject>(kind, ({ type, object }) => {
      if (type === 'DELETED' && (sim.deployment()?.status?.readyReplicas ?? 0) < 2) tooEarly.push(object.kind);
    });
  loopback.delete(CanaryApp, podinfo);
  await sim.env.time.until(() => sim.adopted() === undefined, 300_000);
  stop();
  await sim.env.time.advance(120_000);
  return { left: everything(sim), expected, tooEarly };
}
