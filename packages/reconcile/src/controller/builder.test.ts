import { describe, expect, it } from 'vitest';

import { unusedServices } from '../../test/unused-services.ts';
import type { KubernetesObject } from '../object/object.ts';
import { resourceKind, type ResourceKind } from '../object/resource-kind.ts';
import { fakeInformer, type FakeInformer } from '../testing/fake-informer.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { generationChanged } from '../watch/predicate.ts';
import { dependents } from './dependents/dependent.ts';
import { buildController, controller, type ControllerDefinition, type Informers } from './builder.ts';

interface Website extends KubernetesObject {
  readonly spec: { readonly image: string };
}
const websites = resourceKind<Website>({ group: 'demo.io', version: 'v1', kind: 'Website', plural: 'websites' });
const configMaps = resourceKind({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' });
const secrets = resourceKind({ group: '', version: 'v1', kind: 'Secret', plural: 'secrets' });

/** Fake informers, made at the first request for a kind, as a cache makes them. */
function fakeInformers(): Informers & {
  readonly kinds: () => string[];
  of<T extends KubernetesObject>(kind: ResourceKind<T>): FakeInformer<T>;
} {
  const made = new Map<string, unknown>();
  const of = <T extends KubernetesObject>(kind: ResourceKind<T>): FakeInformer<T> => {
    const informer = (made.get(kind.plural) ?? fakeInformer(kind)) as FakeInformer<T>;
    made.set(kind.plural, informer);
    return informer;
  };
  return { informer: of, of, kinds: () => [...made.keys()] };
}

function start(definition: ControllerDefinition): {
  env: ReturnType<typeof virtualEnv>;
  informers: ReturnType<typeof fakeInformers>;
  stop: () => Promise<void>;
} {
  const env = virtualEnv();
  const informers = fakeInformers();
  const abort = new AbortController();
  const ended = buildController(definition, { env, informers, services: unusedServices }).start(abort.signal);
  return {
    env,
    informers,
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

describe('a controller built from its declaration', () => {
  it('is woken by its own kind, by what it owns, and by what it watches', async () => {
    const seen: string[] = [];
    const definition = controller('website')
      .for(websites, generationChanged)
      .owns(configMaps)
      .watches(secrets, () => [{ namespace: 'n', name: 'mapped' }])
      .workers(2)
      .reconcile(({ name }, context) => {
        seen.push(`${name}: ${context.lister(websites).get({ namespace: 'n', name })?.spec.image ?? 'gone'}`);
        return Promise.resolve();
      });
    const { env, informers, stop } = start(definition);
    await env.time.settle();
    const web = (generation: number, image: string): Website => ({
      apiVersion: 'demo.io/v1',
      kind: 'Website',
      metadata: { namespace: 'n', name: 'web', uid: 'u', generation },
      spec: { image },
    });
    informers.of(websites).put(web(1, 'v1'));
    await env.time.settle();
    informers.of(websites).put(web(1, 'status only'));
    await env.time.settle();
    informers.of(configMaps).put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        namespace: 'n',
        name: 'child',
        ownerReferences: [{ apiVersion: 'demo.io/v1', kind: 'Website', name: 'web', uid: 'u', controller: true }],
      },
    });
    informers.of(secrets).put({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'n', name: 's' } });
    await env.time.settle();
    await stop();
    expect(seen).toEqual(['web: v1', 'web: status only', 'mapped: gone']);
  });

  it('starts informers for declared kinds only, and refuses to read others', async () => {
    const errors: unknown[] = [];
    const definition = controller('website')
      .for(websites)
      .reads(configMaps)
      .reconcile((_request, context) => {
        context.lister(configMaps).list();
        try {
          context.lister(secrets);
        } catch (error) {
          errors.push(String(error));
        }
        return Promise.resolve();
      });
    const { env, informers, stop } = start(definition);
    informers
      .of(websites)
      .put({ apiVersion: 'demo.io/v1', kind: 'Website', metadata: { name: 'a' }, spec: { image: '' } });
    await env.time.settle();
    await stop();
    expect(errors).toEqual([expect.stringContaining('controller website reads secrets without having declared it')]);
    expect(informers.kinds()).toEqual(['websites', 'configmaps']);
  });

  it('says at declaration what is missing', () => {
    expect(() => controller('x').owns(configMaps)).toThrow('call for(kind) before owns(kind)');
    expect(() =>
      controller('x')
        .reads(configMaps)
        .reconcile(() => Promise.resolve()),
    ).toThrow('nothing would ever enqueue');
    expect(() => controller('x').for(websites).dependents(dependents(secrets, []))).toThrow(
      'controller x is for Website, and its dependents are those of Secret',
    );
  });

  it('leaves a builder as it was when it is built upon', () => {
    const base = controller('x').for(websites);
    base.owns(configMaps).workers(7);
    const definition = base.reconcile(() => Promise.resolve());
    expect(definition.watches.map(({ role }) => role)).toEqual(['for']);
    expect(definition.workers).toBe(1);
  });
});
