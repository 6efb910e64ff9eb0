import { request } from 'node:https';
import { join } from 'node:path';

import { formatMicroTime, sleep } from '@canaryop/reconcile/env';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import { readAuditLog, type AuditEvent } from '@canaryop/testkit/control-plane';
import { beforeAll, describe, it } from 'vitest';

import { DestinationRule, Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { env } from './stage/env.ts';
import { fileStage, ownWorld } from './stage/file-stage.ts';
import { measured } from './stage/measured.ts';
import type { OperatorProcess } from './stage/operator-process.ts';
import { image, type ReleasedApp } from './stage/released-app.ts';
import { forbidden, operatorUser, rightsGranted, rightsUsed, unconditional } from './stage/rights.ts';
import { until } from './stage/until.ts';

/** This file comes last: vitest.e2e.config.ts. What it says is about every operator of the run. */
const stage = fileStage();
const config = join(import.meta.dirname, '../../../../config/default');
const restMs = 20_000;

let operator: OperatorProcess;

beforeAll(async () => {
  operator = await stage.operators.start();
  await operator.line('leading');
});

async function eventsOf(auditLog: string): Promise<readonly AuditEvent[]> {
  return (await readAuditLog(auditLog)).filter(({ user }) => user.username === operatorUser);
}

/** Answered requests other than watches, whose answers take minutes. */
function answered(events: readonly AuditEvent[]): readonly AuditEvent[] {
  return events.filter(({ stage: at, verb }) => at === 'ResponseComplete' && verb !== 'watch');
}

/** What no story does, and why the operator may do it all the same. Each is shown elsewhere. */
const unshown = [
  // Asked by admission, and only with OwnerReferencesPermissionEnforcement: without-istio.e2e.test.ts.
  'update canary.atze.io/canaryapps/finalizers',
  // Of a server without streaming lists: without-istio.e2e.test.ts.
  ...[
    'canary.atze.io/canaryapps',
    '/pods',
    '/services',
    'apps/deployments',
    'networking.istio.io/destinationrules',
    'networking.istio.io/virtualservices',
    'networking.istio.io/gateways',
    'networking.istio.io/serviceentries',
    'gateway.networking.k8s.io/httproutes',
    'apps/controllerrevisions',
    'autoscaling/horizontalpodautoscalers',
    'discovery.k8s.io/endpointslices',
    '/configmaps',
  ].map((resource) => `list ${resource}`),
  // OpenShift is not installed here; its object is patched as a Deployment is.
  ...['list', 'watch', 'patch'].map((verb) => `${verb} apps.openshift.io/deploymentconfigs`),
  // KEDA is not installed here; its objects are written as HorizontalPodAutoscalers are.
  ...['get', 'list', 'watch', 'create', 'patch'].map((verb) => `${verb} keda.sh/scaledobjects`),
  // The read before a field is dropped that an earlier release of the operator posted; there was none with these kinds.
  'get autoscaling/horizontalpodautoscalers',
  'get networking.istio.io/serviceentries',
  'get gateway.networking.k8s.io/httproutes',
];

/** As an earlier release would have left it: a field under the operator's name that this one does not want. */
async function leaveBehind<T extends KubernetesObject>(app: ReleasedApp, kind: ResourceKind<T>): Promise<void> {
  const { namespace, name } = app.key;
  const manager = ['--field-manager=canaryop', '--type=merge', '--patch={"metadata":{"labels":{"left":"behind"}}}'];
  await stage.cluster.kubectl('-n', namespace, 'patch', `${kind.plural}.${kind.group}`, name, ...manager);
  const isGone = async (): Promise<boolean> => (await app.child(kind))?.metadata.labels?.['left'] === undefined;
  await until(`the label of an earlier release is gone from the ${kind.kind}`, isGone);
}

/** Everything that an operator ever does, once. */
async function liveThrough(app: ReleasedApp): Promise<void> {
  await app.create({ podSecurity: 'restricted' });
  await app.untilPhase('Released');
  await leaveBehind(app, Gateway);
  await leaveBehind(app, VirtualService);
  await leaveBehind(app, DestinationRule);
  await app.set({ image: image('v2'), imageListenPort: 9090, replicas: 3, podSecurity: 'default' });
  await app.untilWeight(25);
  for (const times of [1, 2]) {
    const live = await app.child(VirtualService);
    await stage.cluster.patch(VirtualService, app.key, { spec: { http: raised(live) } });
    const wasRaised = (): boolean => app.weights.filter(({ weight }) => weight === 90).length === times;
    await app.until('has weight 25 again', ({ weight }) => wasRaised() && weight === 25);
  }
  await app.untilPhase('Released');
  await app.set({ service: { hosts: [app.host], gateways: ['istio-system/shared'] } });
  await until('its Gateway is gone', async () => (await app.child(Gateway)) === undefined);
}

function raised(live: VirtualService | undefined): unknown {
  const [rule] = live?.spec.http ?? [];
  const weights: Readonly<Record<string, number>> = { primary: 10, secondary: 90 };
  return [{ ...rule, route: rule?.route.map((to) => ({ ...to, weight: weights[to.destination.subset ?? ''] })) }];
}

/** Scrapes the operator's metrics as a Prometheus would that may. Resolves with the status. */
async function scrape(port: number): Promise<number> {
  await stage.cluster.kubectl('create', 'serviceaccount', 'e2e-scraper');
  const binding = ['create', 'clusterrolebinding', 'e2e-scraper', '--clusterrole=canaryop-metrics-reader'];
  await stage.cluster.kubectl(...binding, '--serviceaccount=default:e2e-scraper');
  const token = (await stage.cluster.kubectl('create', 'token', 'e2e-scraper')).trim();
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    // It has a certificate of its own making.
    const options = { host: '127.0.0.1', port, path: '/metrics', headers, rejectUnauthorized: false };
    request(options, (response) => resolve(response.resume().statusCode ?? 0))
      .once('error', reject)
      .end();
  });
}

describe('the audit log', () => {
  it('shows the requests of a release in five steps: no read, no refusal, and few writes', async (context) => {
    const { expect } = context;
    const { auditLog } = ownWorld(stage, context);
    const app = await stage.app('e2e-audit-cost');
    await app.create({ trafficShiftUpdateInterval: 1, strategy: { stepWeight: 10, maxWeight: 50 } });
    await app.untilPhase('Released');
    const isOurs = ({ objectRef }: AuditEvent): boolean => objectRef?.namespace === app.key.namespace;
    const isEvent = ({ objectRef }: AuditEvent): boolean => objectRef?.resource === 'events';
    await until('the installation is told', async () =>
      (await eventsOf(auditLog)).some((event) => isOurs(event) && isEvent(event)),
    );
    const sinceTime = formatMicroTime(env.clock.now());
    await app.set({ image: image('v2') });
    await app.untilPhase('Released');
    const ours = answered(await eventsOf(auditLog)).filter(
      // What is asked of namespaces of earlier files, which are emptied now, is no part of it.
      (event) => isOurs(event) && event.requestReceivedTimestamp > sinceTime,
    );
    const counts = Map.groupBy(ours, ({ verb, objectRef }) =>
      [verb, objectRef?.resource, objectRef?.subresource].filter((part) => part !== undefined).join(' '),
    );
    measured(`a release in five steps: ${[...counts].map(([what, { length }]) => `${length} ${what}`).join(', ')}`);
    expect(ours.filter(({ verb }) => verb === 'get' || verb === 'list')).toEqual([]);
    expect(ours.filter(({ responseStatus }) => (responseStatus?.code ?? 0) >= 400)).toEqual([]);
    expect(ours.filter(isEvent).length).toBeLessThanOrEqual(8);
    expect(ours.filter((event) => !isEvent(event)).length).toBeLessThanOrEqual(24);
  });

  it('of the whole run has no forbidden request, no unconditional write, and no right without a use', async (context) => {
    const { expect } = context;
    const { auditLog } = ownWorld(stage, context);
    await liveThrough(await stage.app('e2e-audit-life'));
    const { port } = await operator.line('serving metrics');
    expect(await scrape(Number(port))).toBe(200);
    const events = await eventsOf(auditLog);
    measured(`${events.length} requests of the operator in the audit log`);
    expect(forbidden(events)).toEqual([]);
    expect(unconditional(events)).toEqual([]);
    const granted = await rightsGranted(stage.world.kubeconfig, config);
    const used = rightsUsed(events);
    expect(granted.length).toBeGreaterThan(30);
    expect(granted.filter((right) => !used.has(right) && !unshown.includes(right))).toEqual([]);
  });

  it('has nothing but lease renewals, and watches that begin anew, while all applications are at rest', async (context) => {
    const { expect } = context;
    const { auditLog } = ownWorld(stage, context);
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const app = await stage.app('e2e-audit-rest', { name, host: `${name}.rest.example.com` });
        await app.create();
        await app.untilPhase('Released');
      }),
    );
    // The last events of installation are told, and the objects of earlier stories are gone.
    let seen = -1;
    const isQuiet = async (): Promise<boolean> => {
      const busy = busyRequests(await eventsOf(auditLog)).length;
      const isSame = busy === seen;
      seen = busy;
      await sleep(env.timers, 3_000);
      return isSame;
    };
    await until('no request for three seconds', isQuiet);
    const before = (await eventsOf(auditLog)).length;
    await sleep(env.timers, restMs);
    const after = (await eventsOf(auditLog)).slice(before);
    expect(busyRequests(after).map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
    // It is alive: a lease is renewed each 2 s.
    expect(after.length).toBeGreaterThan(5);
    measured(
      `at rest ${(await operator.residentMiB()).toFixed(0)} MiB, and ${after.length} renewals in ${restMs / 1000} s`,
    );
  });
});

function busyRequests(events: readonly AuditEvent[]): readonly AuditEvent[] {
  return answered(events).filter(({ verb, objectRef }) => !(objectRef?.resource === 'leases' && verb === 'patch'));
}
