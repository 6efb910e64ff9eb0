import { Deployment } from '@canaryop/reconcile/kinds';
import { resourceKind } from '@canaryop/reconcile/object';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { DeploymentConfig } from '../../src/targets/canary-pod/deployment-config.ts';
import { shop, shopCluster, shopDeployment, shopImage, type Keeper } from './keeper-simulation.ts';

let simulation: Keeper | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

type Notes = Readonly<Record<string, string | undefined>>;

const asking = (version: string, more: Notes = {}): Notes => ({
  'canary-image': shopImage(version),
  'canary-name': 'web',
  'canary-duration': '1m',
  ...more,
});

/** The shop with the label, and these annotations. */
async function labelled(annotations: Notes): Promise<Keeper> {
  const metadata = { labels: { app: 'shop', canary: 'true' }, annotations };
  const sim = await shopCluster({}, shopDeployment('v1', metadata));
  simulation = sim;
  sim.startOperator();
  return sim;
}

const notesOf = (sim: Keeper): Notes => sim.deployment.metadata.annotations ?? {};

/** As `kubectl annotate` does; undefined takes one away. */
function annotate(sim: Keeper, notes: Notes): void {
  sim.change((live) => {
    const annotations = Object.entries({ ...live.metadata.annotations, ...notes }).filter(
      ([, value]) => value !== undefined,
    );
    return {
      ...live,
      metadata: { ...live.metadata, annotations: Object.fromEntries(annotations) as Record<string, string> },
    };
  });
}

describe('a Deployment with the label canary and an image', () => {
  it('has the image tried in one pod, which it names, and gets it', async () => {
    const sim = await labelled(asking('v2'));
    await sim.until(() => notesOf(sim)['canary-pod'] === 'shop-canary');
    expect(sim.app.metadata.ownerReferences).toMatchObject([{ kind: 'Deployment', name: 'shop', controller: true }]);
    await sim.until(() => sim.image === shopImage('v2'));
    await sim.until(() => notesOf(sim)['canary-pod'] === undefined);
    expect(notesOf(sim)['canary-fail']).toBeUndefined();
    expect(sim.deployment.status).toMatchObject({ readyReplicas: 3 });
    await sim.env.time.advance(10_000);
    const before = sim.requests.length;
    await sim.env.time.advance(600_000);
    const others = sim.requests.slice(before).filter(({ verb }) => verb !== 'watch');
    expect(others).toEqual([]);
  });

  it('is told of a failure, and tries again when somebody clears it', async () => {
    const sim = await labelled(asking('v2'));
    await sim.until(() => sim.isTried);
    sim.alert('TooManyErrors');
    await sim.until(() => notesOf(sim)['canary-fail'] !== undefined);
    expect(notesOf(sim)['canary-fail']).toBe(
      `${shopImage('v2')}: PodFailed: AlertFiring: alert TooManyErrors names pod shop-canary`,
    );
    await sim.env.time.advance(600_000);
    expect(sim.pod).toBeUndefined();
    annotate(sim, { 'canary-fail': undefined });
    await sim.until(() => sim.isTried);
    await sim.until(() => sim.image === shopImage('v2'));
    await sim.env.time.advance(10_000);
    expect(notesOf(sim)).toMatchObject({ 'canary-image': shopImage('v2') });
    expect(Object.keys(notesOf(sim))).not.toContain('canary-fail');
  });

  it('is told of each failure anew, and cleared anew', async () => {
    const sim = await labelled(asking('crashing'));
    for (let time = 0; time < 3; time += 1) {
      await sim.until(() => notesOf(sim)['canary-fail'] !== undefined);
      await sim.env.time.advance(60_000);
      expect(sim.status.run).toBeUndefined();
      annotate(sim, { 'canary-fail': undefined });
      await sim.until(() => sim.isTried || sim.status.run !== undefined);
    }
    expect(sim.image).toBe(shopImage('v1'));
  });

  it('is told no more of a failure when somebody sets that image himself', async () => {
    const sim = await labelled(asking('v2'));
    await sim.until(() => sim.isTried);
    sim.alert('TooManyErrors');
    await sim.until(() => notesOf(sim)['canary-fail'] !== undefined);
    sim.setImage('v2');
    await sim.until(() => notesOf(sim)['canary-fail'] === undefined);
    await sim.env.time.advance(60_000);
    expect([sim.pod, sim.image]).toEqual([undefined, shopImage('v2')]);
  });

  it('tries another image at once, without the old failure', async () => {
    const sim = await labelled(asking('crashing'));
    await sim.until(() => notesOf(sim)['canary-fail'] !== undefined);
    annotate(sim, { 'canary-image': shopImage('v2') });
    await sim.until(() => notesOf(sim)['canary-fail'] === undefined);
    await sim.until(() => sim.image === shopImage('v2'));
  });

  it('with the image that runs is left alone', async () => {
    const sim = await labelled(asking('v1'));
    await sim.untilPhase('Released');
    await sim.env.time.advance(600_000);
    expect([sim.pod, sim.image]).toEqual([undefined, shopImage('v1')]);
  });

  it('that says nothing sensible is told so, and goes on when it does', async () => {
    const sim = await labelled(asking('v2', { 'canary-duration': 'soon' }));
    await sim.until(() => notesOf(sim)['canary-problem'] !== undefined);
    expect(notesOf(sim)['canary-problem']).toContain('canary-duration is "soon"');
    expect(sim.cluster.server.loopback.get(CanaryApp, shop)).toBeUndefined();
    annotate(sim, { 'canary-duration': '30s' });
    await sim.until(() => sim.isTried);
    expect(Object.keys(notesOf(sim))).not.toContain('canary-problem');
  });

  it('that loses the label loses the application and the pod, and nothing else', async () => {
    const sim = await labelled(asking('v2'));
    await sim.until(() => sim.isTried);
    sim.change((live) => ({ ...live, metadata: { ...live.metadata, labels: { app: 'shop' } } }));
    await sim.until(() => sim.pod === undefined && sim.cluster.server.loopback.get(CanaryApp, shop) === undefined);
    expect(sim.deployment.status).toMatchObject({ readyReplicas: 3 });
    expect(sim.image).toBe(shopImage('v1'));
  });

  it('whose name another CanaryApp has is told so, and that one is not touched', async () => {
    const sim = await shopCluster({}, shopDeployment('v1', { labels: { canary: 'true' }, annotations: asking('v2') }));
    simulation = sim;
    sim.createApp({}, 'shop');
    const before = sim.app.spec;
    sim.startOperator();
    await sim.until(() => notesOf(sim)['canary-problem']?.includes('was not made for this Deployment') === true);
    expect(sim.app.spec).toEqual(before);
  });

  it('that another CanaryApp releases already is told so', async () => {
    const sim = await shopCluster();
    simulation = sim;
    sim.startOperator();
    const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
    const spec = { image: undefined, targetRef, service: { port: 80 } } as object;
    sim.createAdopted('other', spec);
    await sim.env.time.advance(5_000);
    sim.change((live) => ({
      ...live,
      metadata: {
        ...live.metadata,
        labels: { canary: 'true' },
        annotations: { ...live.metadata.annotations, ...asking('v2') } as Record<string, string>,
      },
    }));
    await sim.until(() => notesOf(sim)['canary-problem']?.startsWith('TargetConflict') === true);
    expect(sim.pod).toBeUndefined();
  });
});

const Definition = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** OpenShift's kind, of which nobody makes pods here. */
function installDeploymentConfigs({ cluster }: Keeper): void {
  cluster.server.loopback.create(Definition, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'deploymentconfigs.apps.openshift.io' },
    spec: {
      group: 'apps.openshift.io',
      scope: 'Namespaced',
      names: {
        kind: 'DeploymentConfig',
        plural: 'deploymentconfigs',
        singular: 'deploymentconfig',
        listKind: 'DeploymentConfigList',
      },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
    },
  } as never);
}

describe('a DeploymentConfig with the label canary and an image', () => {
  it('is served like a Deployment by an operator that found such a kind when it started', async () => {
    const sim = await labelled({});
    sim.cluster.server.loopback.delete(Deployment, shop);
    await sim.env.time.advance(5_000);
    installDeploymentConfigs(sim);
    await sim.stopOperators();
    sim.startOperator();
    await sim.env.time.advance(60_000);
    const { spec } = shopDeployment();
    const template = {
      ...spec?.template,
      metadata: { labels: { app: 'shop', deploymentconfig: 'shop', deployment: 'shop-1' } },
    };
    const whole = { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
    sim.cluster.server.loopback.create(DeploymentConfig, {
      apiVersion: 'apps.openshift.io/v1',
      kind: 'DeploymentConfig',
      metadata: { ...shop, labels: { canary: 'true' }, annotations: asking('v2') as Record<string, string> },
      spec: { ...spec, template } as NonNullable<Deployment['spec']>,
      status: whole,
    });
    const live = () => sim.cluster.server.loopback.get(DeploymentConfig, shop);
    await sim.until(() => live()?.metadata.annotations?.['canary-pod'] === 'shop-canary');
    expect(sim.pod?.metadata.labels).toEqual({ app: 'shop', canary: 'true', 'canary-for': 'shop' });
    expect(sim.app.spec.targetRef).toEqual({
      apiVersion: 'apps.openshift.io/v1',
      kind: 'DeploymentConfig',
      name: 'shop',
    });
    await sim.until(() => live()?.spec?.template.spec?.containers[0]?.image === shopImage('v2'));
  });
});
