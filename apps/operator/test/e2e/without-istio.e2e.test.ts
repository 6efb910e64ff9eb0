import { join } from 'node:path';

import { Deployment } from '@canaryop/reconcile/kinds';
import { installIstioDefinitions, startControlPlane, type ControlPlane } from '@canaryop/testkit/control-plane';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { kubectl } from './world/kubectl.ts';
import { Operators } from './stage/operator-process.ts';
import { image, ReleasedApp } from './stage/released-app.ts';
import { forbidden, operatorUser, rightsUsed } from './stage/rights.ts';
import { TestCluster } from './stage/test-cluster.ts';
import { until } from './stage/until.ts';

const root = join(import.meta.dirname, '../../../..');
const world = inject('world');
const operators = new Operators(world);
const ports = ['--metrics-bind-address=0', '--health-probe-bind-address=0'];

/** It has a control plane of its own, which is not what is asked for there. */
const isExisting = world.own === undefined;
const needs = 'it needs a control plane without Istio';

let plane: ControlPlane;
let cluster: TestCluster;

/**
 * A cluster that is strict and plain: without Istio, without streaming lists, and with the admission that asks who sets
 * blockOwnerDeletion for the right to change the owner's finalizers.
 */
beforeAll(async () => {
  if (isExisting) return;
  plane = await startControlPlane({
    kwok: true,
    enableAdmissionPlugins: ['OwnerReferencesPermissionEnforcement'],
    flags: { 'kube-apiserver': ['--feature-gates=WatchList=false'] },
  });
  cluster = await TestCluster.open(plane.adminKubeconfig);
}, 120_000);

afterAll(async () => {
  await operators.stop();
  if (isExisting) return;
  await cluster.close();
  await plane.stop();
});

describe('on a cluster without Istio', () => {
  it('an operator that is run from source brings its CRD, waits for Istio’s, and goes on by itself', async (context) => {
    if (isExisting) context.skip(needs);
    const operator = await operators.start({
      program: ['--conditions=source', join(root, 'apps/operator/src/main.ts')],
      args: ['--install-crds', ...ports],
      kubeconfig: plane.adminKubeconfig,
    });
    await operator.line('installed the CustomResourceDefinition');
    await kubectl(plane.adminKubeconfig, ['wait', '--for=condition=Established', 'crd/canaryapps.canary.atze.io']);
    await cluster.namespace('e2e-early');
    const app = new ReleasedApp(cluster, 'e2e-early');
    await app.create();
    await app.until('is Blocked', ({ status }) => status.phase === 'Blocked');
    const stalled = app.status.conditions?.find(({ type }) => type === 'Stalled');
    expect(stalled).toMatchObject({ status: 'True', reason: 'IstioMissing' });
    expect(await app.child(Deployment, 'primary')).toBeUndefined();
    await installIstioDefinitions(plane);
    await app.untilPhase('Released');
    await app.set({ image: image('v2') });
    await app.until('has released v2', ({ status }) => status.releasedImage === image('v2'));
    await app.close();
    await operator.terminate();
  });

  it('the installed operator lists where lists do not stream, and needs the right to its owner’s finalizers', async (context) => {
    if (isExisting) context.skip(needs);
    await kubectl(plane.adminKubeconfig, ['apply', '-k', join(root, 'config/default')]);
    await installIstioDefinitions(plane);
    const kubeconfig = await plane.serviceAccountKubeconfig('canaryop-system', 'canaryop-controller-manager');
    const operator = await operators.start({ kubeconfig });
    await operator.line('leading');
    await cluster.namespace('e2e-strict');
    const app = new ReleasedApp(cluster, 'e2e-strict');
    await app.create();
    await app.untilPhase('Released');
    await app.set({ image: image('v2') });
    await app.until('has released v2', ({ status }) => status.releasedImage === image('v2'));
    await app.close();
    const events = (await plane.auditEvents()).filter(({ user }) => user.username === operatorUser);
    expect(forbidden(events)).toEqual([]);
    const listed = [...rightsUsed(events)].filter((right) => right.startsWith('list '));
    expect(listed.toSorted()).toEqual([
      'list /pods',
      'list /services',
      // Whether that API is there is asked once.
      'list apps.openshift.io/deploymentconfigs',
      'list apps/deployments',
      'list canary.atze.io/canaryapps',
      'list networking.istio.io/destinationrules',
      'list networking.istio.io/gateways',
      'list networking.istio.io/virtualservices',
    ]);
    // Without that right nothing can be made.
    await withoutFinalizers();
    await cluster.namespace('e2e-refused');
    const refused = new ReleasedApp(cluster, 'e2e-refused');
    await refused.create();
    const refusals = async (): Promise<readonly string[]> =>
      forbidden((await plane.auditEvents()).filter(({ user }) => user.username === operatorUser));
    await until('a child is refused', async () => (await refusals()).length > 0);
    expect((await refusals())[0]).toContain('cannot set blockOwnerDeletion');
    await refused.close();
  });
});

/** Takes the right away, as somebody would who finds it unused. */
async function withoutFinalizers(): Promise<void> {
  const name = 'canaryop-manager-role';
  const role = JSON.parse(await cluster.kubectl('get', 'clusterrole', name, '-o', 'json')) as {
    readonly rules: readonly { readonly resources?: readonly string[] }[];
  };
  const rules = role.rules.filter(({ resources }) => resources?.includes('canaryapps/finalizers') !== true);
  await cluster.kubectl('patch', 'clusterrole', name, '--type=merge', `--patch=${JSON.stringify({ rules })}`);
}
