import { ConfigMap, Deployment, isTrue, Service } from '@canaryop/reconcile';
import { crashAnywhere, simulate, stale } from '@canaryop/testkit/simulation';
import { expect, test } from 'vitest';

import { samples } from '../samples.ts';
import { Website, websites } from './main.ts';

const rolledOut = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const key = { namespace: 'default', name: 'blog' };

test('a website has its children in order, and loses its Service when it is no longer exposed', async () => {
  await simulate(websites)
    .given(Website.crd(), ...samples('02-owned-children'))
    .when(async ({ client, get, edit, until }) => {
      await until(() => get(Deployment, key) !== undefined);
      await client.updateStatus(Deployment, get(Deployment, key) as Deployment, rolledOut);
      await until(() => get(Service, key) !== undefined);
      edit(Website, key, (live) => ({ ...live, spec: { ...live.spec, text: 'bye', exposed: false } }));
    })
    .invariant('pods come after their text, and the Service after the pods', ({ list }) => {
      const [texts, pods, doors] = [ConfigMap, Deployment, Service].map((kind) => ownedOf(list(kind, 'default')));
      expect([texts, pods, doors]).toEqual([texts, pods, doors].toSorted((a = 0, b = 0) => b - a));
    })
    .expect(({ get, list }) => {
      expect(isTrue(get(Website, key)?.status?.conditions, 'Ready')).toBe(true);
      expect(get(ConfigMap, { ...key, name: 'blog-text' })?.data).toEqual({ text: 'bye' });
      expect(get(Deployment, key)?.spec?.replicas).toBe(2);
      expect(ownedOf(list(Service, 'default'))).toBe(0);
    })
    .faults(crashAnywhere, stale)
    .seeds(4)
    .converges();
});

function ownedOf(objects: readonly { readonly metadata: { readonly ownerReferences?: readonly unknown[] } }[]): number {
  return objects.filter(({ metadata }) => metadata.ownerReferences !== undefined).length;
}
