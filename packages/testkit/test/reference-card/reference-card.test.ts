import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ConfigMap, Namespace, Service } from '@canaryop/reconcile';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { validateObject } from '@canaryop/reconcile/validation';

import { admissionRequest, simulatedCluster } from '../../src/index.ts';
import { checkRoundTrips } from '../../src/properties/index.ts';
import { judge, numbering } from './site-webhooks.ts';
import { Site, versions } from './site.ts';
import { sites } from './sites.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reconcile-reference-card.md'), 'utf8');
const key = { namespace: 'default', name: 'home' };
const site = Site.withDefaults({
  apiVersion: 'sites.demo.io/v1',
  kind: 'Site',
  metadata: key,
  spec: { host: 'home.demo.io', pages: { index: 'hello' } },
});
const Event = resourceKind<KubernetesObject & { readonly reason: string; readonly message: string }>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
});

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}

describe('docs/reconcile-reference-card.md', () => {
  it.each(['site.ts', 'sites.ts', 'site-webhooks.ts'])('shows %s as it is tested', (file) => {
    expect(page).toContain(readFileSync(join(import.meta.dirname, file), 'utf8'));
  });
});

describe('the controller on the card', () => {
  it('waits for what it reads, publishes, tells of it once, and takes down before the site goes', async () => {
    const takenDown: string[] = [];
    const takeDown = (host: string): Promise<void> => Promise.resolve(void takenDown.push(host));
    const cluster = simulatedCluster({ fieldManager: 'sites', kinds: [Site], controllers: [sites(takeDown)] });
    const { api } = cluster;
    api.create(Site, site);
    const { writes } = cluster.start();
    await cluster.pause(10_000);
    expect(api.get(ConfigMap, key)).toBeUndefined();
    const namespace = present(api.get(Namespace, { name: 'default' }));
    api.update(Namespace, { ...namespace, metadata: { ...namespace.metadata, labels: { team: 'web' } } });
    await cluster.pause(60_000);
    expect(api.get(ConfigMap, key)).toMatchObject({ data: { index: 'hello' }, metadata: { labels: { team: 'web' } } });
    expect(api.list(Event).map(({ reason, message }) => [reason, message])).toEqual([
      ['Published', 'created the pages of web'],
    ]);
    expect(api.get(Site, key)?.status?.url).toBeUndefined();
    const metadata = { ...key, labels: { 'sites.demo.io/site': 'home' } };
    api.create(Service, { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } });
    await cluster.until(() => api.get(Site, key)?.status?.url === 'https://home.demo.io');
    const before = writes.length;
    await cluster.pause(3_600_000);
    expect(writes).toHaveLength(before);
    api.delete(Site, key);
    await cluster.until(() => api.get(Site, key) === undefined);
    expect(takenDown).toEqual(['home.demo.io']);
    await cluster.close();
  });
});

describe('the kind on the card', () => {
  it('refuses what its rules forbid', () => {
    const moved = { ...site, spec: { ...site.spec, host: 'other.demo.io' } };
    expect(validateObject(Site, moved, site)).toEqual([expect.objectContaining({ path: 'spec.host' })]);
    const pages = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, '']));
    expect(validateObject(Site, { ...site, spec: { ...site.spec, pages } })).toHaveLength(1);
    expect(validateObject(Site, { ...site, spec: { ...site.spec, tier: 'paid', pages } })).toEqual([]);
  });

  it('loses nothing between versions, the status least of all', () => {
    checkRoundTrips(versions, { mayKeep: ['spec.beta'] });
    const status = { url: 'https://home.demo.io' };
    expect(versions.convert({ ...site, status } as KubernetesObject, 'sites.demo.io/v1beta1')).toMatchObject({
      status,
    });
  });
});

describe('the webhooks on the card', () => {
  it('tell a change from what was before, and who may delete', async () => {
    const paid = { ...site, spec: { ...site.spec, tier: 'paid' as const } };
    const downgrade = admissionRequest(site, { operation: 'UPDATE', previous: paid });
    expect(await judge.validate(downgrade.request)).toBeUndefined();
    expect(downgrade.warnings).toEqual(['the rest of the month is not paid back']);
    const { request } = admissionRequest(site, { operation: 'DELETE' });
    expect(await judge.validate(request)).toBe('only publishers take sites down');
  });

  it('book nothing for what is not stored', async () => {
    const booked: string[] = [];
    const webhook = numbering((host) => Promise.resolve(String(booked.push(host))));
    const numberOf = async (isDryRun: boolean): Promise<unknown> =>
      (await webhook.mutate(admissionRequest(site, { isDryRun }).request))?.metadata.annotations;
    expect(await numberOf(true)).toEqual({ 'sites.demo.io/number': 'none, as nothing is stored' });
    expect(booked).toEqual([]);
    expect(await numberOf(false)).toEqual({ 'sites.demo.io/number': '1' });
  });
});
