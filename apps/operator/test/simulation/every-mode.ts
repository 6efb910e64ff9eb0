import { CanaryApp, type CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation } from '../../src/api/v1/names.ts';
import { image, named, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import { ratioCluster, ratioSpec } from './ratio-simulation.ts';
import { lead, serviceCluster, serviceFor } from './service-simulation.ts';
import { appKey, Simulation } from './simulated-cluster.ts';

/** One application of a mode, in words that are the same for all. */
export interface ModeSubject {
  readonly start: () => Promise<Simulation>;
  readonly adopt: (sim: Simulation) => void;
  /** Somebody wants v2. */
  readonly release: (sim: Simulation) => void;
  /** Of the CanaryApp. */
  readonly name: string;
  /** Deployments that are there at rest. */
  readonly deployments: readonly string[];
}

const adopted = (sim: Simulation): AdoptedSimulation => sim as AdoptedSimulation;
/** Nobody needs to judge these releases. */
const analysis = { intervalSeconds: 10, threshold: 1, metrics: [], onNoData: 'pass' };

/** Every mode of which one release can stand for all. */
export const modes: Readonly<Record<string, ModeSubject>> = {
  'an image': {
    start: () => Promise.resolve(new Simulation()),
    adopt: (sim) => {
      sim.createApp();
    },
    release: (sim) => {
      sim.edit({ image: image('v2') });
    },
    name: appKey.name,
    deployments: ['demo-primary'],
  },
  'a Deployment that was there before': {
    start: podinfoCluster,
    adopt: (sim) => {
      adopted(sim).adopt({ analysis });
    },
    release: (sim) => {
      adopted(sim).release('v2');
    },
    name: 'podinfo',
    deployments: ['podinfo', 'podinfo-primary'],
  },
  'a Service': {
    start: serviceCluster,
    adopt: (sim) => {
      adopted(sim).adopt({ analysis, targetRef: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' } });
    },
    release: (sim) => {
      lead(adopted(sim), serviceFor('green'));
    },
    name: 'podinfo',
    deployments: ['podinfo-blue', 'podinfo-green'],
  },
  'a replica ratio': {
    start: ratioCluster,
    adopt: (sim) => {
      adopted(sim).adopt({ ...ratioSpec, restoreTarget: false });
    },
    release: (sim) => {
      adopted(sim).release('v2');
    },
    name: 'podinfo',
    deployments: ['podinfo', 'podinfo-primary'],
  },
};

/** What is there of an application. */
export function statusOf(sim: Simulation, { name }: ModeSubject): Partial<CanaryAppStatus> {
  return sim.cluster.server.loopback.get(CanaryApp, named(name))?.status ?? {};
}

/** Asks for something by annotation. */
export function ask(sim: Simulation, { name }: ModeSubject, text: string): void {
  const { loopback } = sim.cluster.server;
  const live = loopback.get(CanaryApp, named(name));
  if (live === undefined) throw new Error(`there is no CanaryApp ${name}`);
  const metadata = { ...live.metadata, annotations: { [commandAnnotation]: text } };
  loopback.update(CanaryApp, { ...live, metadata });
}
