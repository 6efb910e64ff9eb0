import { Deployment, Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { kindOf } from '../manifests/install.ts';
import { readManifests } from '../manifests/manifest-files.ts';
import { named } from './adopted-simulation.ts';
import { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const v2 = 'atzedevries/go-status-code-server:v2';

/** How somebody releases with each example, and what is called released then. */
const releases: Readonly<Record<string, { readonly change: (sim: Simulation) => void; readonly to: string }>> = {
  image: {
    change: (sim) => change(sim, CanaryApp, 'hello', { spec: { image: v2 } }),
    to: v2,
  },
  'adopted-deployment': { change: (sim) => setImage(sim, 'podinfo'), to: v2 },
  'gateway-api': { change: (sim) => setImage(sim, 'storefront'), to: v2 },
  'gateway-api-image': { change: (sim) => change(sim, CanaryApp, 'landing', { spec: { image: v2 } }), to: v2 },
  configuration: {
    change: (sim) =>
      change(sim, kindOf(inDefault({ apiVersion: 'v1', kind: 'ConfigMap' })), 'greeter-settings', {
        data: { mode: 'fancy' },
      }),
    to: 'atzedevries/go-status-code-server:v1',
  },
  autoscaler: { change: (sim) => setImage(sim, 'checkout'), to: v2 },
  'adopted-service': {
    change: (sim) => change(sim, Service, 'catalogue', { spec: { selector: { app: 'catalogue-green' } } }),
    to: 'app=catalogue-green',
  },
  'blue-green': {
    change: (sim) => change(sim, Service, 'website', { spec: { selector: { app: 'website-green' } } }),
    to: 'app=website-green',
  },
  'replica-ratio': { change: (sim) => setImage(sim, 'mailer'), to: v2 },
  'canary-pod': {
    change: (sim) =>
      change(sim, CanaryApp, 'porter', { spec: { canaryPod: { image: v2, container: 'web', durationSeconds: 300 } } }),
    to: v2,
  },
  'external-name': {
    change: (sim) => {
      change(sim, Service, 'payments', { spec: { externalName: 'payments-v2.example.com' } });
      const annotations = { 'canary.atze.io/command': 'promote@next#1' };
      change(sim, CanaryApp, 'payments', { metadata: { annotations } });
    },
    to: 'payments-v2.example.com',
  },
};

function inDefault(manifest: Pick<KubernetesObject, 'apiVersion' | 'kind'>): KubernetesObject {
  return { metadata: named('any'), ...manifest };
}

/** Changes fields of an object as `kubectl patch` does, one level deep in each. */
function change(
  sim: Simulation,
  kind: Parameters<Simulation['cluster']['server']['loopback']['get']>[0],
  name: string,
  fields: object,
): void {
  const { loopback } = sim.cluster.server;
  const live = loopback.get(kind, named(name)) as (KubernetesObject & Record<string, object>) | undefined;
  if (live === undefined) throw new Error(`there is no ${kind.kind} ${name}`);
  const merged = Object.entries(fields).map(([key, value]) => [key, { ...live[key], ...(value as object) }]);
  loopback.update(kind, { ...live, ...Object.fromEntries(merged) } as KubernetesObject);
}

function setImage(sim: Simulation, name: string): void {
  const live = sim.cluster.server.loopback.get(Deployment, named(name));
  const template = live?.spec?.template;
  const containers = template?.spec?.containers.map((container) => ({ ...container, image: v2 })) ?? [];
  change(sim, Deployment, name, { spec: { template: { ...template, spec: { ...template?.spec, containers } } } });
}

describe('an example', () => {
  it.each(Object.keys(releases))('%s is installed, and its release goes through', async (folder) => {
    const sim = new Simulation({ gatewayApi: true });
    simulation = sim;
    const { loopback } = sim.cluster.server;
    sim.startOperator();
    const manifests = readManifests(`examples/${folder}/*.yaml`);
    for (const manifest of manifests) {
      const placed = { ...manifest, metadata: { ...manifest.metadata, namespace: 'default' } };
      loopback.create(kindOf(placed), placed);
    }
    const name = manifests.find(({ kind }) => kind === 'CanaryApp')?.metadata.name ?? '';
    const statusOf = () => loopback.get(CanaryApp, named(name))?.status;
    await sim.env.time.until(() => statusOf()?.phase === 'Released', 300_000);
    const host = `${name}.example.com`;
    const stop = requests(sim, host);
    const before = statusOf()?.released?.revision;
    releases[folder]?.change(sim);
    await sim.env.time.until(() => {
      const { phase, released } = statusOf() ?? {};
      return phase === 'Released' && released?.revision !== before;
    }, 1_800_000);
    stop();
    expect(statusOf()).toMatchObject({ releasedImage: releases[folder]?.to, successfulRelease: true });
    loopback.delete(CanaryApp, named(name));
    await sim.env.time.until(() => loopback.get(CanaryApp, named(name)) === undefined, 300_000);
  });

  it('has a story here for each folder', () => {
    const folders = readManifests('examples/*/canaryapp.yaml').filter(
      ({ metadata: { name } }) => name !== 'canaryapp-sample',
    );
    expect(folders).toHaveLength(Object.keys(releases).length);
  });
});

/** Requests to a host, four a second, until the returned function is called. */
function requests(sim: Simulation, host: string): () => void {
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = sim.env.timers.schedule(250, () => {
      void sim.cluster.world.ingress.fetch({ host, path: '/hello' });
      next();
    });
  };
  next();
  return () => {
    cancel();
  };
}
