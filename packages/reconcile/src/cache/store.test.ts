import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../object/object.ts';
import type { ObjectChange } from './cache.ts';
import { Store } from './store.ts';

interface Item extends KubernetesObject {
  readonly value?: number;
}

function item(name: string, uid: string, version: number, extra: { value?: number; owner?: string } = {}): Item {
  const { value, owner } = extra;
  const ownerReferences =
    owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'O', name: 'o', uid: owner }] };
  return {
    apiVersion: 'v1',
    kind: 'Item',
    metadata: { name, namespace: 'ns', uid, resourceVersion: String(version), ...ownerReferences },
    ...(value === undefined ? {} : { value }),
  };
}

const key = (name: string) => ({ namespace: 'ns', name });
const brief = (changes: readonly ObjectChange<Item>[]): readonly string[] =>
  changes.map((change) => {
    const object = change.type === 'deleted' ? change.previous : change.object;
    return `${change.type} ${object.metadata.name}/${object.metadata.uid}`;
  });

describe('what the watch delivers', () => {
  it('reports an object that was re-created while we were away as a deletion and an addition', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    expect(brief(store.replace([item('a', 'u2', 15)], '20'))).toEqual(['deleted a/u1', 'added a/u2']);
  });

  it('reports what a list no longer has as deleted, and nothing of what is as it was', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5), item('b', 'u2', 6)], '10');
    expect(brief(store.replace([item('b', 'u2', 6)], '20'))).toEqual(['deleted a/u1']);
  });

  it('keeps the same reference for an object that a list shows unchanged', () => {
    const store = new Store<Item>();
    const first = item('a', 'u1', 5);
    store.replace([first], '10');
    store.replace([item('a', 'u1', 5)], '20');
    expect(store.view.get(key('a'))).toBe(first);
  });

  it('marks only what the first list has as initial', () => {
    const store = new Store<Item>();
    const initial = [
      ...store.replace([item('a', 'u1', 5)], '10'),
      ...store.replace([item('a', 'u1', 5), item('b', 'u2', 15)], '20'),
    ];
    expect(initial.map((change) => change.type === 'added' && change.isInitialList)).toEqual([true, false]);
  });

  it('finds objects by namespace, by owner and by declared index, and stops finding them', () => {
    const store = new Store<Item>();
    store.view.addIndex('value', (object) => [String(object.value)]);
    store.replace([item('a', 'u1', 5, { value: 1, owner: 'o1' }), item('b', 'u2', 6, { value: 1, owner: 'o2' })], '10');
    store.change('MODIFIED', item('a', 'u1', 11, { value: 2, owner: 'o2' }));
    expect(store.view.byIndex('value', '1').map((object) => object.metadata.name)).toEqual(['b']);
    expect(store.view.ownedBy('o1')).toEqual([]);
    expect(store.view.ownedBy('o2')).toHaveLength(2);
    expect(store.view.list('ns')).toHaveLength(2);
    expect(store.view.list('elsewhere')).toEqual([]);
    expect(() => store.view.byIndex('colour', 'red')).toThrow(
      '"colour" was declared for this informer (declared: value)',
    );
  });
});

describe('our own writes', () => {
  it('show at once in get, list, indexes and owned objects, and are reported when the watch delivers them', () => {
    const store = new Store<Item>();
    store.view.addIndex('value', (object) => [String(object.value)]);
    store.replace([], '10');
    const created = item('a', 'u1', 11, { value: 7, owner: 'o1' });
    store.observeWritten(created);
    expect(store.view.get(key('a'))).toBe(created);
    expect(store.view.list()).toEqual([created]);
    expect(store.view.byIndex('value', '7')).toEqual([created]);
    expect(store.view.ownedBy('o1')).toEqual([created]);
    expect(brief(store.change('ADDED', created))).toEqual(['added a/u1']);
    expect(store.pendingWrites).toBe(0);
  });

  it('hide an event from before them, and yield to one from after them', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5, { value: 0 })], '10');
    store.observeWritten(item('a', 'u1', 20, { value: 2 }));
    store.change('MODIFIED', item('a', 'u1', 15, { value: 1 }));
    expect(store.view.get(key('a'))?.value).toBe(2);
    store.change('MODIFIED', item('a', 'u1', 25, { value: 3 }));
    expect(store.view.get(key('a'))?.value).toBe(3);
  });

  it('end when another object or a bookmark shows that the watch has passed them', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeWritten(item('a', 'u1', 20));
    store.bookmark('19');
    expect(store.pendingWrites).toBe(1);
    store.change('ADDED', item('b', 'u2', 21));
    expect(store.pendingWrites).toBe(0);
  });

  it('do not resurrect an object whose deletion the watch reported before our answer came', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.change('MODIFIED', item('a', 'u1', 11));
    store.change('DELETED', item('a', 'u1', 12));
    store.observeWritten(item('a', 'u1', 11));
    expect(store.view.get(key('a'))).toBeUndefined();
  });

  it('hide what we deleted until the watch says so, whatever it says of it before', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeDeleted(key('a'), 'u1', '5');
    expect(store.view.list()).toEqual([]);
    store.change('MODIFIED', item('a', 'u1', 12));
    store.observeWritten(item('a', 'u1', 13));
    store.bookmark('100');
    expect(store.view.get(key('a'))).toBeUndefined();
    expect(brief(store.change('DELETED', item('a', 'u1', 101)))).toEqual(['deleted a/u1']);
    expect(store.pendingWrites).toBe(0);
  });

  it('hide an object that was created and deleted before the watch showed either', () => {
    const store = new Store<Item>();
    store.replace([], '10');
    store.observeWritten(item('a', 'u1', 11));
    store.observeDeleted(key('a'), 'u1', '11');
    store.change('ADDED', item('a', 'u1', 11));
    expect(store.view.get(key('a'))).toBeUndefined();
    store.change('DELETED', item('a', 'u1', 12));
    expect(store.pendingWrites).toBe(0);
  });

  it('forget a deletion that a list shows to be done', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeDeleted(key('a'), 'u1', '5');
    expect(brief(store.replace([], '20'))).toEqual(['deleted a/u1']);
    expect(store.pendingWrites).toBe(0);
  });

  it('show a re-creation by somebody else under the name that we deleted', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeDeleted(key('a'), 'u1', '5');
    store.change('DELETED', item('a', 'u1', 11));
    store.change('ADDED', item('a', 'u2', 12));
    store.observeDeleted(key('a'), 'u1', '5');
    expect(store.view.get(key('a'))?.metadata.uid).toBe('u2');
  });

  it('stay hidden while the watch is still telling of the incarnation before the one that we deleted', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeWritten(item('a', 'u2', 13));
    store.observeDeleted(key('a'), 'u2', '13');
    store.change('MODIFIED', item('a', 'u1', 11));
    expect(store.view.get(key('a'))).toBeUndefined();
    store.change('DELETED', item('a', 'u1', 12));
    store.change('ADDED', item('a', 'u2', 13));
    expect(store.view.get(key('a'))).toBeUndefined();
    store.change('DELETED', item('a', 'u2', 14));
    expect(store.pendingWrites).toBe(0);
  });

  it('hide an incarnation that we deleted before the watch had even shown its predecessor gone', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeDeleted(key('a'), 'u2', '12');
    expect(store.view.get(key('a'))).toBeUndefined();
    expect(brief(store.change('DELETED', item('a', 'u1', 11)))).toEqual(['deleted a/u1']);
    store.change('ADDED', item('a', 'u2', 12));
    expect(store.view.get(key('a'))).toBeUndefined();
    store.change('DELETED', item('a', 'u2', 13));
    expect(store.pendingWrites).toBe(0);
  });

  it('keep the newest answer when answers come out of order', () => {
    const store = new Store<Item>();
    store.replace([item('a', 'u1', 5)], '10');
    store.observeWritten(item('a', 'u1', 13, { value: 13 }));
    store.observeWritten(item('a', 'u1', 12, { value: 12 }));
    expect(store.view.get(key('a'))?.value).toBe(13);
  });

  it('are not shown when their version cannot be compared, because nothing would tell when they are over', () => {
    const store = new Store<Item>();
    store.replace([], 'abc');
    store.observeWritten({
      ...item('a', 'u1', 0),
      metadata: { ...item('a', 'u1', 0).metadata, resourceVersion: 'abd' },
    });
    expect(store.view.list()).toEqual([]);
  });
});

/** A server with its history; `ours` marks writes whose answers the store is told of. */
type Step =
  | { readonly do: 'write' | 'delete'; readonly name: string; readonly ours: boolean }
  | { readonly do: 'deliver'; readonly events: number }
  /** The answers to our oldest unanswered writes arrive, perhaps long after the watch told the same. */
  | { readonly do: 'answer'; readonly answers: number }
  | { readonly do: 'relist' };

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom('write' as const, 'delete' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      ours: fc.boolean(),
    }),
    fc.record({ do: fc.constant('deliver' as const), events: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ do: fc.constant('answer' as const), answers: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant('relist' as const) }),
  ),
  { maxLength: 60, size: 'max' },
);

class Simulation {
  readonly store = new Store<Item>();
  readonly live = new Map<string, Item>();
  readonly goneUids = new Set<string>();
  readonly answered = new Map<string, number>();
  readonly heard = new Map<string, Item>();
  #history: { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: Item }[] = [];
  #answers: (() => void)[] = [];
  #version = 10;

  constructor() {
    this.hear(this.store.replace([], '10'));
  }

  run(step: Step): void {
    if (step.do === 'relist') this.relist();
    else if (step.do === 'answer') this.#answers.splice(0, step.answers).forEach((answer) => answer());
    else if (step.do === 'deliver') this.#deliver(step.events);
    else if (step.do === 'write') this.#write(step.name, step.ours);
    else this.#delete(step.name, step.ours);
  }

  #deliver(events: number): void {
    for (const event of this.#history.splice(0, events)) this.hear(this.store.change(event.type, event.object));
  }

  relist(): void {
    this.#history = [];
    this.hear(this.store.replace([...this.live.values()], String(this.#version)));
  }

  drain(): void {
    for (const answer of this.#answers.splice(0)) answer();
    this.#deliver(this.#history.length);
  }

  #write(name: string, ours: boolean): void {
    const before = this.live.get(name);
    this.#version += 1;
    const object = item(name, before?.metadata.uid ?? `${name}${this.#version}`, this.#version, {
      value: this.#version,
    });
    this.live.set(name, object);
    this.#history.push({ type: before === undefined ? 'ADDED' : 'MODIFIED', object });
    if (!ours) return;
    this.#answers.push(() => {
      this.store.observeWritten(object);
      if (this.live.get(name)?.metadata.uid !== object.metadata.uid) return;
      this.answered.set(name, Math.max(this.answered.get(name) ?? 0, Number(object.metadata.resourceVersion)));
    });
  }

  #delete(name: string, ours: boolean): void {
    const before = this.live.get(name);
    if (before === undefined) return;
    const { uid = '', resourceVersion } = before.metadata;
    this.#version += 1;
    this.live.delete(name);
    this.#history.push({ type: 'DELETED', object: item(name, uid, this.#version) });
    this.answered.delete(name);
    if (!ours) return;
    this.#answers.push(() => {
      this.store.observeDeleted(key(name), uid, resourceVersion);
      this.goneUids.add(uid);
    });
  }

  /** Follows the reported changes, which must make sense one after the other. */
  hear(changes: readonly ObjectChange<Item>[]): void {
    for (const change of changes) {
      const { name } = (change.type === 'deleted' ? change.previous : change.object).metadata;
      const known = this.heard.get(name);
      if (change.type === 'added') expect(known).toBeUndefined();
      else expect(known).toBe(change.previous);
      if (change.type === 'deleted') this.heard.delete(name);
      else this.heard.set(name, change.object);
    }
  }
}

describe('whatever the order of events, answers and lists', () => {
  it('what we wrote is never unseen, what we deleted never comes back, and in the end all is as on the server', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const simulation = new Simulation();
        for (const step of run) {
          simulation.run(step);
          for (const object of simulation.store.view.list()) {
            expect(simulation.goneUids.has(object.metadata.uid ?? '')).toBe(false);
          }
          for (const [name, version] of simulation.answered) {
            expect(Number(simulation.store.view.get(key(name))?.metadata.resourceVersion)).toBeGreaterThanOrEqual(
              version,
            );
          }
        }
        simulation.drain();
        expect(simulation.store.pendingWrites).toBe(0);
        const byName = (left: Item, right: Item): number => left.metadata.name.localeCompare(right.metadata.name);
        const server = [...simulation.live.values()].sort(byName);
        expect([...simulation.store.view.list()].sort(byName)).toEqual(server);
        expect([...simulation.heard.values()].sort(byName)).toEqual(server);
      }),
      { numRuns: 1000 },
    );
  });
});
