import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Deployment, ConfigMap } from '../../kinds/index.ts';
import type { KubernetesObject } from '../../object/object.ts';
import { resourceKind } from '../../object/resource-kind.ts';
import { dependent, dependentLabel, dependents, type Dependent, type DependentOptions } from './dependent.ts';
import { planDependents, type DependentsPlan } from './plan-dependents.ts';

interface Shop extends KubernetesObject {
  readonly spec: { readonly shards: number; readonly cached: boolean };
}
const Shop = resourceKind<Shop>({ group: 'demo.io', version: 'v1', kind: 'Shop', plural: 'shops' });
const shop = (spec: Partial<Shop['spec']> = {}, metadata: object = {}): Shop => ({
  apiVersion: 'demo.io/v1',
  kind: 'Shop',
  metadata: { namespace: 'n', name: 's', uid: 'u', ...metadata },
  spec: { shards: 1, cached: true, ...spec },
});

const options = (name: string, more: Partial<DependentOptions<Shop, ConfigMap>> = {}) => ({
  name,
  kind: ConfigMap,
  desired: () => ({ metadata: { name }, data: {} }),
  readyWhen: (child: ConfigMap) => child.data?.['ready'] === 'yes',
  ...more,
});
const database = dependent(Shop, {
  ...options('database'),
  desired: ({ spec }) =>
    Array.from({ length: spec.shards }, (_, index) => ({ metadata: { name: `database-${index}` } })),
});
const cache = dependent(Shop, { ...options('cache'), activeWhen: ({ spec }) => spec.cached });
const web = dependent(Shop, {
  ...options('web', { after: [database, cache] }),
  desired: (_shop, ready) => ({ metadata: { name: `web` }, data: { cache: ready.of(cache)?.metadata.name ?? 'none' } }),
});
const all = dependents(Shop, [database, cache, web]);

const child = (name: string, isReady = true, metadata: object = {}, label = name.replace(/-\d$/u, '')): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    namespace: 'n',
    name,
    uid: `uid-${name}`,
    labels: { [dependentLabel]: label },
    ownerReferences: [{ apiVersion: 'demo.io/v1', kind: 'Shop', name: 's', uid: 'u', controller: true }],
    ...metadata,
  },
  data: { ready: isReady ? 'yes' : 'no' },
});
const going = { deletionTimestamp: '2026-01-01T00:00:00Z' };

/** A plan in words: what is done, and what is waited for. */
function told(plan: DependentsPlan): readonly string[] {
  return [
    ...plan.steps.map((step) => `${step.type} ${(step.type === 'ensure' ? step.desired : step.live).metadata.name}`),
    ...plan.waits.map(({ dependent: name, message }) => `${name}: ${message}`),
  ];
}
const planned = (primary: Shop, ...children: readonly ConfigMap[]): readonly string[] =>
  told(planDependents(all, primary, () => children));

describe('a plan for dependents', () => {
  it.each<[string, Shop, readonly ConfigMap[], readonly string[]]>([
    [
      'makes first what comes after nothing',
      shop(),
      [],
      [
        'ensure database-0',
        'ensure cache',
        'database: ConfigMap n/database-0 is not there yet',
        'cache: ConfigMap n/cache is not there yet',
        'web: waits for database and cache',
      ],
    ],
    [
      'waits until what comes before is ready, not only there',
      shop(),
      [child('database-0', false), child('cache')],
      ['ensure database-0', 'ensure cache', 'database: ConfigMap n/database-0 is not ready', 'web: waits for database'],
    ],
    [
      'waits for each of several',
      shop({ shards: 2 }),
      [child('database-0'), child('database-1', false), child('cache')],
      [
        'ensure database-0',
        'ensure database-1',
        'ensure cache',
        'database: ConfigMap n/database-1 is not ready',
        'web: waits for database',
      ],
    ],
    [
      'makes what comes after once it was observed ready',
      shop(),
      [child('database-0'), child('cache')],
      ['ensure database-0', 'ensure cache', 'ensure web', 'web: ConfigMap n/web is not there yet'],
    ],
    [
      'waits for nothing when all is ready',
      shop(),
      [child('database-0'), child('cache'), child('web')],
      ['ensure database-0', 'ensure cache', 'ensure web'],
    ],
    [
      'leaves what waits as it is, neither changed nor deleted',
      shop(),
      [child('database-0', false), child('cache'), child('web')],
      ['ensure database-0', 'ensure cache', 'database: ConfigMap n/database-0 is not ready', 'web: waits for database'],
    ],
    [
      'does not wait for what is not wanted, nor makes it',
      shop({ cached: false }),
      [child('database-0')],
      ['ensure database-0', 'ensure web', 'web: ConfigMap n/web is not there yet'],
    ],
    [
      'deletes what is no longer wanted after what came after it is ready without it',
      shop({ cached: false }),
      [child('database-0'), child('cache'), child('web', false)],
      [
        'ensure database-0',
        'ensure web',
        'web: ConfigMap n/web is not ready',
        'cache: ConfigMap n/cache goes after web',
      ],
    ],
    [
      '... and then does',
      shop({ cached: false }),
      [child('database-0'), child('cache'), child('web')],
      ['ensure database-0', 'ensure web', 'delete cache', 'cache: ConfigMap n/cache has to go'],
    ],
    [
      'deletes one of several that is no longer desired',
      shop({ shards: 1 }),
      [child('database-0'), child('database-1'), child('cache'), child('web')],
      [
        'ensure database-0',
        'ensure cache',
        'ensure web',
        'delete database-1',
        'database: ConfigMap n/database-1 has to go',
      ],
    ],
    [
      'does not touch what is being deleted, and makes it anew when it is gone',
      shop(),
      [child('database-0', true, going), child('cache')],
      ['ensure cache', 'database: ConfigMap n/database-0 is being deleted', 'web: waits for database'],
    ],
    [
      'takes a status that is about an older spec for none',
      shop(),
      [
        { ...child('database-0', true, { generation: 2 }), status: { observedGeneration: 1 } } as ConfigMap,
        child('cache'),
      ],
      [
        'ensure database-0',
        'ensure cache',
        'database: ConfigMap n/database-0 has not been looked at by its controller since it was changed',
        'web: waits for database',
      ],
    ],
    [
      'of a primary that is being deleted deletes the last first',
      shop({}, going),
      [child('database-0'), child('cache'), child('web')],
      [
        'delete web',
        'web: ConfigMap n/web has to go',
        'cache: ConfigMap n/cache goes after web',
        'database: ConfigMap n/database-0 goes after web',
      ],
    ],
    [
      '... waits until it is gone',
      shop({}, going),
      [child('database-0'), child('cache'), child('web', true, going)],
      [
        'web: ConfigMap n/web has to go',
        'cache: ConfigMap n/cache goes after web',
        'database: ConfigMap n/database-0 goes after web',
      ],
    ],
    [
      '... and then the first',
      shop({}, going),
      [child('database-0'), child('cache')],
      [
        'delete cache',
        'delete database-0',
        'cache: ConfigMap n/cache has to go',
        'database: ConfigMap n/database-0 has to go',
      ],
    ],
    [
      'deletes what belongs to a dependent of a former release',
      shop(),
      [child('database-0'), child('cache'), child('web'), child('queue')],
      [
        'ensure database-0',
        'ensure cache',
        'ensure web',
        'delete queue',
        'queue: ConfigMap n/queue of a former release has to go',
      ],
    ],
    [
      'leaves alone what the primary owns without being a dependent',
      shop(),
      [child('database-0'), child('cache'), child('web'), child('notes', true, { labels: {} })],
      ['ensure database-0', 'ensure cache', 'ensure web'],
    ],
  ])('%s', (_what, primary, children, expected) => {
    expect(planned(primary, ...children)).toEqual(expected);
  });

  it('shows a child those that it comes after, and no others', () => {
    const plan = planDependents(all, shop(), () => [child('database-0'), child('cache')]);
    const made = plan.steps.find((step) => step.type === 'ensure' && step.desired.metadata.name === 'web');
    expect(made).toMatchObject({
      desired: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          namespace: 'n',
          labels: { [dependentLabel]: 'web' },
          ownerReferences: [{ kind: 'Shop', uid: 'u', controller: true }],
        },
        data: { cache: 'cache' },
      },
    });
    const nosy = dependent(Shop, { ...options('nosy'), desired: (_shop, ready) => ready.allOf(cache).slice(1) });
    expect(() => planDependents(dependents(Shop, [cache, nosy]), shop(), () => [])).toThrow(
      'dependent nosy looks at cache without coming after it; add it to after',
    );
  });

  it('says in words what a child lacks', () => {
    const slow = dependent(Shop, { ...options('slow'), readyWhen: () => '1 of 3 pods' });
    const plan = planDependents(dependents(Shop, [slow]), shop(), () => [child('slow')]);
    expect(plan.waits).toEqual([{ dependent: 'slow', message: 'ConfigMap n/slow is not ready: 1 of 3 pods' }]);
  });

  it('refuses a child where no owner could be followed, and one that is desired twice', () => {
    const elsewhere = dependent(Shop, {
      ...options('x'),
      desired: () => ({ metadata: { name: 'x', namespace: 'm' } }),
    });
    const twice = dependent(Shop, { ...options('x'), desired: () => [1, 2].map(() => ({ metadata: { name: 'x' } })) });
    const plan = (one: Dependent<Shop>) => planDependents(dependents(Shop, [one]), shop(), () => []);
    expect(() => plan(elsewhere)).toThrow('ConfigMap x is in m, and its owner in n');
    expect(() => plan(twice)).toThrow('dependent x desires one ConfigMap twice');
  });
});

describe('dependents', () => {
  it('are refused when one comes after what is not listed before it, as in every cycle', () => {
    expect(() => dependents(Shop, [web, database, cache])).toThrow(
      'dependent web comes after database, which is not listed before it',
    );
    const after: Dependent<Shop>[] = [];
    const first = { ...options('first'), after };
    const second = dependent(Shop, options('second', { after: [first] }));
    after.push(second);
    expect(() => dependents(Shop, [first, second])).toThrow('first comes after second, which is not listed before it');
  });

  it('are known by names that are used once', () => {
    expect(() => dependents(Shop, [cache, dependent(Shop, options('cache'))])).toThrow('two dependents cache');
  });

  it('have each kind once, those of a former release too', () => {
    expect(dependents(Shop, [database, cache], { retired: [Deployment] }).kinds).toEqual([ConfigMap, Deployment]);
  });
});

/** A cluster of ConfigMaps which become ready and vanish in their own time. */
describe('plans that are carried out step by step', () => {
  const graph = fc
    .array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
    .map((rows) => rows.map((row, index) => row.filter((before) => before < index)));
  const schedule = fc.array(fc.record({ turn: fc.nat(9), pick: fc.nat(30) }), { maxLength: 120 });

  it('keep the order whatever happens, and come to rest', () => {
    fc.assert(
      fc.property(graph, schedule, (rows, events) => {
        const list: Dependent<Shop>[] = [];
        for (const [index, row] of rows.entries()) {
          list.push(
            dependent(Shop, {
              ...options(`d${index}`, { after: row.flatMap((before) => list[before] ?? []) }),
              activeWhen: ({ spec }) => index >= spec.shards,
            }),
          );
        }
        const world = new Map<string, ConfigMap>();
        let primary = shop({ shards: 0 });
        const tick = (): number => {
          const plan = planDependents(dependents(Shop, list), primary, () => [...world.values()]);
          const steps = plan.steps.filter((step) => step.type === 'delete' || !world.has(step.desired.metadata.name));
          for (const step of steps) carryOut(step, list, world, primary);
          return steps.length;
        };
        for (const { turn, pick } of events) {
          if (turn === 0) primary = shop({ shards: pick % (rows.length + 1) });
          else if (turn === 1 && pick === 0) primary = shop({}, going);
          else if (turn < 6) disturb(world, pick, turn);
          else tick();
        }
        for (let turns = 0; turns < 40; turns += 1) {
          tick();
          for (const [name, object] of world) {
            if (object.metadata.deletionTimestamp === undefined) world.set(name, child(name));
            else world.delete(name);
          }
        }
        expect(tick()).toBe(0);
        const wanted = primary.metadata.deletionTimestamp === undefined ? rows.length - primary.spec.shards : 0;
        expect(world.size).toBe(wanted);
        const rest = planDependents(dependents(Shop, list), primary, () => [...world.values()]);
        expect([rest.waits, rest.isGone]).toEqual([[], wanted === 0]);
      }),
      { numRuns: 300 },
    );
  });

  function carryOut(
    step: DependentsPlan['steps'][number],
    list: readonly Dependent<Shop>[],
    world: Map<string, ConfigMap>,
    primary: Shop,
  ): void {
    const self = list.find(({ name }) => name === step.dependent);
    if (step.type === 'ensure') {
      for (const before of self?.after ?? []) {
        const isWanted = before.activeWhen?.(primary) !== false;
        expect(isWanted ? world.get(before.name)?.data?.['ready'] : 'yes').toBe('yes');
      }
      world.set(step.desired.metadata.name, child(step.desired.metadata.name, false, {}, step.dependent));
      return;
    }
    const { name } = step.live.metadata;
    const later = list.filter((other) => other.after.some((before) => before.name === name));
    for (const other of later) {
      const left = world.get(other.name);
      const isWanted = primary.metadata.deletionTimestamp === undefined && other.activeWhen?.(primary) !== false;
      if (left !== undefined) expect([isWanted, left.data?.['ready']]).toEqual([true, 'yes']);
    }
    world.set(name, child(name, false, going));
  }

  /** What happens by itself: a child becomes ready, fails, is gone, or is deleted by another hand. */
  function disturb(world: Map<string, ConfigMap>, pick: number, turn: number): void {
    const object = [...world.values()][pick % Math.max(world.size, 1)];
    if (object === undefined) return;
    const { name, deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined || turn === 5) world.delete(name);
    else world.set(name, child(name, turn !== 4));
  }
});
