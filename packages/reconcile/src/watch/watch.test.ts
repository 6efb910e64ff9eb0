import { describe, expect, it } from 'vitest';

import type { ObjectChange } from '../cache/cache.ts';
import type { KubernetesObject, ObjectMeta } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';
import { lowPriority } from '../queue/work-queue.ts';
import { fakeInformer } from '../testing/fake-informer.ts';
import { enqueueMapped, enqueueOwner, enqueueSelf } from './event-handler.ts';
import {
  and,
  annotationsChanged,
  generationChanged,
  labelsChanged,
  not,
  or,
  resourceVersionChanged,
  type Predicate,
} from './predicate.ts';
import { channelSource, informerSource, type Enqueue } from './source.ts';

const thing = (metadata: Partial<ObjectMeta>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', namespace: 'n', ...metadata },
});
const updated = (before: Partial<ObjectMeta>, after: Partial<ObjectMeta>): ObjectChange<KubernetesObject> => ({
  type: 'updated',
  previous: thing(before),
  object: thing(after),
});
const thingKind = resourceKind({ group: '', version: 'v1', kind: 'Thing', plural: 'things' });
const pass: Predicate<KubernetesObject> = () => true;

describe('predicates', () => {
  it.each([
    ['generationChanged', generationChanged, { generation: 1 }, { generation: 2 }, true],
    ['generationChanged', generationChanged, { generation: 1 }, { generation: 1, labels: { a: 'b' } }, false],
    ['generationChanged of a kind without one', generationChanged, {}, {}, true],
    ['labelsChanged', labelsChanged, { labels: { a: 'b' } }, { labels: { a: 'c' } }, true],
    ['labelsChanged', labelsChanged, { labels: { a: 'b', c: 'd' } }, { labels: { c: 'd', a: 'b' } }, false],
    ['labelsChanged', labelsChanged, { labels: { a: 'b' } }, {}, true],
    ['labelsChanged', labelsChanged, {}, { labels: {} }, false],
    ['labelsChanged', labelsChanged, { labels: { toString: 'b' } }, { labels: { a: 'b' } }, true],
    ['annotationsChanged', annotationsChanged, {}, { annotations: { a: 'b' } }, true],
    ['annotationsChanged', annotationsChanged, { labels: { a: 'b' } }, {}, false],
    ['resourceVersionChanged', resourceVersionChanged, { resourceVersion: '1' }, { resourceVersion: '2' }, true],
    ['resourceVersionChanged', resourceVersionChanged, { resourceVersion: '1' }, { resourceVersion: '1' }, false],
  ])('%s passes the right updates', (_name, predicate, before, after, expected) => {
    expect(predicate(updated(before, after))).toBe(expected);
  });

  it('pass every addition and deletion', () => {
    for (const predicate of [generationChanged, labelsChanged, annotationsChanged, resourceVersionChanged]) {
      expect(predicate({ type: 'added', object: thing({}), isInitialList: false })).toBe(true);
      expect(predicate({ type: 'deleted', previous: thing({}) })).toBe(true);
    }
  });

  it('combine with and, or, not', () => {
    const change = updated({}, {});
    expect([and(pass, not(pass))(change), or(pass, not(pass))(change), not(pass)(change)]).toEqual([
      false,
      true,
      false,
    ]);
    expect([and()(change), or()(change)]).toEqual([true, false]);
  });
});

describe('event handlers', () => {
  const website = resourceKind({ group: 'demo.io', version: 'v1', kind: 'Website', plural: 'websites' });
  const owner = { apiVersion: 'demo.io/v1beta1', kind: 'Website', name: 'w', uid: 'u', controller: true };

  it('find the changed object itself, also after it was deleted', () => {
    expect([...enqueueSelf({ type: 'deleted', previous: thing({}) })]).toEqual([{ namespace: 'n', name: 'a' }]);
  });

  it('find the controlling owner by group and kind, whatever the version', () => {
    const handler = enqueueOwner(website);
    const ownersOf = (reference: object): unknown => [
      ...handler({ type: 'deleted', previous: thing({ ownerReferences: [{ ...owner, ...reference }] }) }),
    ];
    expect(ownersOf({})).toEqual([{ namespace: 'n', name: 'w' }]);
    expect(ownersOf({ controller: false })).toEqual([]);
    expect(ownersOf({ apiVersion: 'other.io/v1' })).toEqual([]);
    expect(ownersOf({ kind: 'Site' })).toEqual([]);
  });

  it('find a cluster-scoped owner without a namespace, and one of the core group', () => {
    const core = resourceKind({ group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false });
    const reference = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u', controller: true };
    expect([...enqueueOwner(core)({ type: 'deleted', previous: thing({ ownerReferences: [reference] }) })]).toEqual([
      { name: 'n1' },
    ]);
  });

  it('find the former and the present owner or mapping on an update', () => {
    const change = updated(
      { labels: { to: 'x' }, ownerReferences: [owner] },
      { labels: { to: 'y' }, ownerReferences: [{ ...owner, name: 'v' }] },
    );
    expect([...enqueueOwner(website)(change)].map(({ name }) => name)).toEqual(['w', 'v']);
    const mapped = enqueueMapped((object) => [{ name: object.metadata.labels?.['to'] ?? '' }]);
    expect([...mapped(change)].map(({ name }) => name)).toEqual(['x', 'y']);
  });
});

describe('an informer source', () => {
  it('enqueues what exists and resyncs with low priority, live changes with 0, and says why', () => {
    const informer = fakeInformer(thingKind);
    informer.put(thing({ name: 'old', resourceVersion: '1' }));
    const got: unknown[] = [];
    const enqueue: Enqueue = (key, options) => got.push([key.name, options?.priority, options?.reason]);
    const stop = informerSource(informer, enqueueSelf).start(enqueue);
    informer.put(thing({ name: 'new' }));
    informer.put(thing({ name: 'old', resourceVersion: '1' }));
    informer.put(thing({ name: 'old', resourceVersion: '2' }));
    informer.put(thing({ name: 'listed' }), { isInitialList: true });
    stop();
    informer.put(thing({ name: 'after' }));
    expect(got).toEqual([
      ['old', lowPriority, 'Thing n/old added'],
      ['new', 0, 'Thing n/new added'],
      ['old', lowPriority, 'Thing n/old updated'],
      ['old', 0, 'Thing n/old updated'],
      ['listed', lowPriority, 'Thing n/listed added'],
    ]);
  });

  it('enqueues a key once for a change that concerns it twice, as one of what it owns does', () => {
    const informer = fakeInformer(thingKind);
    const got: string[] = [];
    informer.put(thing({ labels: { to: 'x' } }));
    const handler = enqueueMapped((object) => [{ name: object.metadata.labels?.['to'] ?? '' }, { name: 'always' }]);
    informerSource(informer, handler).start((key) => got.push(key.name));
    informer.put(thing({ labels: { to: 'x' }, resourceVersion: '2' }));
    informer.put(thing({ labels: { to: 'y' }, resourceVersion: '3' }));
    expect(got).toEqual(['x', 'always', 'x', 'always', 'x', 'always', 'y']);
  });

  it('drops what a predicate does not pass', () => {
    const informer = fakeInformer(thingKind);
    const got: string[] = [];
    informerSource(informer, enqueueSelf, { predicates: [pass, not(pass)] }).start((key) => got.push(key.name));
    informer.put(thing({}));
    expect(got).toEqual([]);
  });
});

describe('the sync of an informer source', () => {
  it('is that of its informer, unless the kind is optional', () => {
    const informer = fakeInformer(thingKind);
    informer.hasSynced = false;
    expect(informerSource(informer, enqueueSelf).hasSynced).toBe(false);
    expect(informerSource(informer, enqueueSelf, { isOptional: true }).hasSynced).toBe(true);
    informer.hasSynced = true;
    expect(informerSource(informer, enqueueSelf).hasSynced).toBe(true);
  });
});

describe('a channel source', () => {
  it('enqueues in every controller that has started with it', () => {
    const channel = channelSource('webhook');
    channel.send({ name: 'lost' });
    const got: unknown[] = [];
    const stop = channel.start((key, options) => got.push([key.name, options?.reason]));
    channel.send({ name: 'a' });
    channel.send({ name: 'b' }, { reason: 'because' });
    stop();
    channel.send({ name: 'lost too' });
    expect(got).toEqual([
      ['a', 'webhook'],
      ['b', 'because'],
    ]);
  });
});
