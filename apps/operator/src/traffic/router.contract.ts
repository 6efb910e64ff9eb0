import type { KubernetesObject } from '@canaryop/reconcile/object';
import { Deployment, Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { kindOf } from '../../test/manifests/install.ts';
import { knownModeOf } from '../../test/plan/slots.ts';
import { intents, wantedOf } from '../../test/ports/intents.ts';
import { expectForeignUntouched, expectOwned, expectRepaired, type Wanted } from '../../test/ports/own-objects.ts';
import { keyOfWrite, PortWorld, wordsOf } from '../../test/ports/port-world.ts';
import { CanaryApp } from '../api/v1/canaryapp.ts';
import type { Revision } from '../api/v1/revision.ts';
import type { Intent } from '../rollout/decision.ts';
import type { LiveObjects } from '../rollout/live-objects.ts';
import { nextStep } from '../rollout/settings.ts';
import type { Child } from '../rollout/write.ts';
import type { Router, RouterChildren } from './router.ts';

/** What a router is tested with. */
export interface RouterSubject {
  /** Of the application. It claims the host `shop.example.com`. */
  readonly spec: object;
  /** What was there before the application. */
  readonly before: readonly KubernetesObject[];
  /** What a route refers to that is an object of this namespace, as `Kind name`. */
  readonly refersTo: (route: KubernetesObject) => readonly string[];
  /** Secondary's part of a route that leads somewhere else, too. */
  readonly withThirdRoute: (route: KubernetesObject) => KubernetesObject;
  /** Whether what was there before gets its traffic back when the application goes. */
  readonly returnsTraffic: boolean;
}

/** What a router is tested with whose weights are what the target has made. */
export interface CountSubject extends Pick<RouterSubject, 'spec' | 'before'> {
  /** Pods of both revisions in all. */
  readonly replicas: number;
  /** The weights that so many pods can make, from none on. */
  readonly weights: readonly number[];
  /** What is to be seen once the pods of a weight are made, and have no share of the requests yet. */
  readonly tooEarly: (world: PortWorld) => LiveObjects;
}

/** What a router has to do that has no objects: to say what the weight is that the target has made. */
export function itReadsWeightsOfCounts(name: string, subject: CountSubject): void {
  let world: PortWorld;

  describe(`${name}, as a router without routes`, () => {
    afterEach(() => world.stop());

    const weight = () => world.mode.router.weight(world.sight());
    const childrenOf = (intent: Intent): readonly Child[] => world.mode.target.children(world.sight(), intent);
    const highest = Math.max(...subject.weights);

    async function made(intent: Intent): Promise<void> {
      // Pods first, and what they make room for.
      for (const _turn of ['pods', 'room']) await world.make(childrenOf(intent));
    }

    /** Primary alone, and the intents of a release of what is wanted beside it. */
    async function released(): Promise<(share: number) => Intent> {
      world = new PortWorld(subject.spec, subject.before);
      const { target } = world.mode;
      const stable = wantedOf(target, world.sight());
      await made(intents.rest(stable));
      const tried = wantedOf(target, world.sight());
      return (share) => ({ ...intents.trial(stable, tried, share), replicas: subject.replicas });
    }

    it('has no weight where there is no primary', async () => {
      await released();
      expect(weight()).toBe(0);
      world.remove(Deployment, world.mode.target.workloads.primary);
      expect(weight()).toBe('none');
    });

    it.each(subject.weights)('reads a weight of %i back as it was made', async (share) => {
      const trial = await released();
      await made(trial(share));
      expect(weight()).toBe(share);
      await made(trial(0));
      expect(weight()).toBe(0);
    });

    it('reads back each weight that the steps of a release ask for', async () => {
      await released();
      const { settings } = world.mode;
      const steps: number[] = [];
      for (let step: number | undefined = 0; step !== undefined; step = nextStep(settings, step, subject.replicas))
        steps.push(step);
      expect(steps.length).toBeGreaterThan(1);
      expect(subject.weights).toEqual(expect.arrayContaining(steps));
    });

    it('reads a weight back only once its pods have their share of the requests', async () => {
      const trial = await released();
      await world.make(childrenOf(trial(highest)));
      expect(world.mode.router.weight(subject.tooEarly(world))).toBe(0);
      await world.make(childrenOf(trial(highest)));
      expect(weight()).toBe(highest);
    });

    it('has no objects, and claims no host', () => {
      world = new PortWorld(subject.spec, subject.before);
      const { router, target } = world.mode;
      const { foundations, routes } = router.children(
        world.sight(),
        intents.rest(wantedOf(target, world.sight())),
        true,
      );
      expect([foundations, routes, router.owned, router.claims]).toEqual([[], [], [], []]);
    });
  });
}

/** What each router has to do, whatever it routes by. */
export function itIsARouter(name: string, subject: RouterSubject): void {
  let world: PortWorld;
  const stopsItsWorld = (): void => {
    afterEach(() => world.stop());
  };

  const router = (): Router => world.mode.router;
  const childrenOf = (live: LiveObjects, intent: Intent, mayClaim = true): RouterChildren =>
    router().children(live, intent, mayClaim);
  const wanted =
    (intent: Intent): Wanted =>
    (live) => {
      const { foundations, routes } = childrenOf(live, intent);
      return [...foundations, ...routes];
    };
  const make = (intent: Intent): Promise<readonly string[]> => world.make(wanted(intent)(world.sight()));
  const weight = () => router().weight(world.sight());

  /** Both workloads are there, and nothing of the router's. */
  async function workloads(): Promise<Revision> {
    world = new PortWorld(subject.spec, subject.before);
    const { target } = world.mode;
    const v1 = wantedOf(target, world.sight());
    await world.make(target.children(world.sight(), intents.trial(v1, v1)));
    return v1;
  }

  /** The intent of a weight, whose routes are written. */
  async function routed(share: number): Promise<Intent> {
    const v1 = await workloads();
    const intent = intents.trial(v1, v1, share);
    await make(intent);
    return intent;
  }

  function routeOf(children: readonly Child[]): KubernetesObject {
    const route = children
      .map(({ live }) => live)
      .find((live) => live !== undefined && subject.refersTo(live).length > 0);
    if (route === undefined) throw new Error('there is no route');
    return route;
  }

  describe(`${name}, as a router`, () => {
    stopsItsWorld();

    it('has no weight while there are no routes', async () => {
      await workloads();
      expect(weight()).toBe('none');
    });

    it.each([0, 10, 50, 100])('reads a weight of %i back as it was written', async (share) => {
      await routed(share);
      expect(weight()).toBe(share);
    });

    it('makes what a route refers to before the route', async () => {
      const v1 = await workloads();
      const seen = new Set(world.list(Service).map(({ metadata }) => `Service ${metadata.name}`));
      for (const object of subject.before) seen.add(`${object.kind} ${object.metadata.name}`);
      let routes = 0;
      for (const { kind, desired } of wanted(intents.trial(v1, v1))(world.sight())) {
        if (desired === undefined) continue;
        const refers = subject.refersTo(desired);
        routes += refers.length > 0 ? 1 : 0;
        expect([...seen]).toEqual(expect.arrayContaining([...refers]));
        seen.add(`${kind.kind} ${desired.metadata.name}`);
      }
      expect(routes).toBe(1);
    });

    it('lets a weight go first only where all that the routes refer to is there', async () => {
      const v1 = await workloads();
      const intent = intents.trial(v1, v1);
      const isThere = childrenOf(world.sight(), intent).foundations.every(({ live }) => live !== undefined);
      expect(childrenOf(world.sight(), intent).standsAlone).toBe(isThere);
      await make(intent);
      expect(childrenOf(world.sight(), intent).standsAlone).toBe(true);
    });

    it('writes nothing but the routes for another weight, and nothing at all for the same one', async () => {
      const intent = await routed(10);
      expect(await make(intent)).toEqual([]);
      const { kind, metadata } = routeOf(childrenOf(world.sight(), intent).routes);
      expect(await make({ ...intent, weight: 20 })).toEqual([`apply ${kind} ${metadata.name}`]);
      expect(await make({ ...intent, weight: 20 })).toEqual([]);
    });

    it('puts back each field of its own', async () => {
      const intent = await routed(10);
      expectRepaired(world, wanted(intent));
    });

    it('concludes nothing from routes that are not its own, and makes them its own', async () => {
      const intent = await routed(10);
      const changed = subject.withThirdRoute(routeOf(childrenOf(world.sight(), intent).routes));
      const sight = world.sight(changed);
      expect(router().weight(sight)).toBe('unclear');
      expect(world.writesFor(wanted(intent)(sight)).map(wordsOf)).toEqual([
        `apply ${changed.kind} ${changed.metadata.name}`,
      ]);
    });

    it('has all that it makes among its names, and owned by the application', async () => {
      const intent = await routed(10);
      expectOwned(world, [...router().owned, ...router().reads], wanted(intent));
    });

    it('touches nothing of somebody else’s in the place of its own', async () => {
      const intent = await routed(10);
      const inTheWay = router().reads.filter(({ kind, name: read }) => {
        const metadata = { name: read, namespace: 'default', uid: 'of-another' };
        return router().obstacle(world.sight({ apiVersion: 'v1', kind: kind.kind, metadata })) !== undefined;
      });
      expectForeignUntouched(world, [...router().owned, ...inTheWay], wanted(intent));
      for (const { kind, name: own } of router().owned) {
        const metadata = { name: own, namespace: 'default', uid: 'of-another' };
        const foreign = { apiVersion: 'v1', kind: kind.kind, metadata };
        expect(() => router().weight(world.sight(foreign))).not.toThrow();
      }
    });

    it('has a claim on its host in common with whoever wants it too', async () => {
      await workloads();
      const { app } = world;
      const rival = { ...app, metadata: { ...app.metadata, name: 'rival', uid: 'rival' } };
      const elsewhere = { ...rival.spec.service, hosts: ['other.example.com'] };
      const stranger = { ...rival, spec: { ...rival.spec, service: elsewhere } };
      expect(router().claims).not.toEqual([]);
      expect(knownModeOf(rival).router.claims).toEqual(router().claims);
      expect(knownModeOf(stranger).router.claims).not.toEqual(router().claims);
    });

    it('makes no routes while another application has its claim', async () => {
      const v1 = await workloads();
      const { routes } = childrenOf(world.sight(), intents.trial(v1, v1), false);
      expect(world.writesFor(routes)).toEqual([]);
    });

    it('changes nothing of its routes but the weight while another application has its claim', async () => {
      const intent = await routed(10);
      const before = routeOf(childrenOf(world.sight(), intent).routes);
      world.change(CanaryApp, 'shop', (app) => {
        const service = { ...app.spec.service, hosts: ['other.example.com'] };
        return { ...app, spec: { ...app.spec, service } };
      });
      expect(world.writesFor(wanted(intent)(world.sight())).map((write) => keyOfWrite(write).name)).toContain('shop');
      const { routes } = childrenOf(world.sight(), { ...intent, weight: 0 }, false);
      expect(await world.make(routes)).toEqual([`apply ${before.kind} ${before.metadata.name}`]);
      expect(weight()).toBe(0);
      await world.make(childrenOf(world.sight(), intent, false).routes);
      expect(world.get(kindOf(before), before.metadata.name)).toMatchObject({ spec: specOf(before) as object });
    });
  });

  if (!subject.returnsTraffic) return;

  describe(`${name}, as a router that gives back`, () => {
    stopsItsWorld();

    it('takes its routes away, and leaves all else as it was found', async () => {
      const found = (): unknown[] =>
        subject.before.map((object) => {
          const { metadata, ...rest } = world.get(kindOf(object), object.metadata.name) ?? object;
          return [metadata.labels, metadata.annotations, 'spec' in rest && rest.kind === 'Service' ? rest.spec : {}];
        });
      const v1 = await workloads();
      const before = found();
      for (const intent of [intents.trial(v1, v1, 50), intents.rest(v1)]) await make(intent);
      await make({ ...intents.return(v1, v1), isUnrouted: false });
      expect(weight()).toBe(100);
      expect((await make(intents.return(v1, v1))).some((write) => write.startsWith('delete '))).toBe(true);
      expect(weight()).toBe('none');
      expect(found()).toEqual(before);
    });
  });
}

function specOf(object: KubernetesObject): unknown {
  return (object as { readonly spec?: unknown }).spec;
}
