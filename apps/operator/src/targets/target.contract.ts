import { present, type KubernetesObject } from '@canaryop/reconcile/object';
import { afterEach, describe, expect, it } from 'vitest';

import { intents, wantedOf } from '../../test/ports/intents.ts';
import { expectForeignUntouched, expectOwned, expectRepaired, expectReplaced } from '../../test/ports/own-objects.ts';
import { PortWorld } from '../../test/ports/port-world.ts';
import { kindOf } from '../../test/manifests/install.ts';
import { knownModeOf } from '../../test/plan/slots.ts';
import type { Revision } from '../api/v1/revision.ts';
import type { Intent } from '../rollout/decision.ts';
import type { LiveObjects } from '../rollout/live-objects.ts';
import type { Child } from '../rollout/write.ts';
import type { Target } from './target.ts';

/** What a target is tested with. */
export interface TargetSubject {
  /** Of the application. */
  readonly spec: object;
  /** What was there before the application; the first is what it releases. */
  readonly before: readonly KubernetesObject[];
  /** Somebody wants another revision. */
  readonly change: (world: PortWorld) => void;
  /** What of its own an object alone remembers: once somebody has changed it, it is lost. */
  readonly memory?: RegExp;
  /** Pods in all, of one whose workloads share them: one gives pods up when the other has them, in a turn of its own. */
  readonly replicas?: number;
  /** What was there before is primary itself, and serves all the time: of its own the target has only what is on trial. */
  readonly keepsServing?: true;
  /** The part of a user's object that is nobody's business but the user's. */
  readonly untouched: (object: KubernetesObject) => unknown;
}

/** What each target has to do, whatever it releases. */
export function itIsATarget(name: string, subject: TargetSubject): void {
  let world: PortWorld;
  const stopsItsWorld = (): void => {
    afterEach(() => world.stop());
  };

  const target = (): Target => world.mode.target;
  const childrenOf = (live: LiveObjects, intent: Intent): readonly Child[] =>
    target().children(live, present({ ...intent, replicas: subject.replicas }));
  const made = (intent: Intent): Promise<readonly string[]> => world.make(childrenOf(world.sight(), intent));
  const make = async (intent: Intent): Promise<readonly string[]> => [
    ...(await made(intent)),
    ...(subject.replicas === undefined ? [] : await made(intent)),
  ];
  const facts = () => target().observe(world.sight());

  /** Primary runs what was wanted first. */
  async function installed(): Promise<Revision> {
    world = new PortWorld(subject.spec, subject.before);
    const v1 = wantedOf(target(), world.sight());
    await make(intents.rest(v1));
    return v1;
  }

  /** A second revision is on trial beside it. */
  async function tried(): Promise<readonly [Revision, Revision]> {
    const v1 = await installed();
    subject.change(world);
    const v2 = wantedOf(target(), world.sight());
    await make(intents.trial(v1, v2));
    return [v1, v2];
  }

  describe(`${name}, as a target`, () => {
    stopsItsWorld();

    it('has no primary before it is asked for one, and then one that runs what it should', async () => {
      world = new PortWorld(subject.spec, subject.before);
      if (subject.keepsServing === undefined) expect(facts().primary).toBeUndefined();
      const v1 = await installed();
      expect(facts().primary).toMatchObject({ ready: true, terminating: false, revision: { id: v1.id } });
      expect(facts().secondary).toBeUndefined();
    });

    it('tries another revision beside it, and clears that away', async () => {
      const [v1, v2] = await tried();
      expect(v2.id).not.toBe(v1.id);
      expect(facts()).toMatchObject({
        primary: { ready: true, revision: { id: v1.id } },
        secondary: { ready: true, revision: { id: v2.id } },
      });
      await make(intents.rest(v1));
      expect(facts().secondary).toBeUndefined();
      expect(facts().primary).toMatchObject({ ready: true, revision: { id: v1.id } });
    });

    it('promotes what was tried, and can go back until the run is over', async () => {
      const [v1, v2] = await tried();
      await make(intents.promotion(v1, v2));
      expect(facts().primary).toMatchObject({ ready: true, revision: { id: v2.id } });
      await make(intents.restoring(v1, v2));
      expect(facts().primary).toMatchObject({ ready: true, revision: { id: v1.id } });
    });

    it('takes nothing that it makes for another wish', async () => {
      const [v1, v2] = await tried();
      for (const intent of [intents.promotion(v1, v2), intents.restoring(v1, v2), intents.rest(v1), intents.rest(v2)]) {
        await make(intent);
        expect(facts().wanted).toMatchObject({ id: v2.id });
      }
    });

    it('asks for nothing twice', async () => {
      const [v1, v2] = await tried();
      const asked = [intents.trial(v1, v2), intents.promotion(v1, v2), intents.restoring(v1, v2), intents.rest(v1)];
      for (const intent of asked) {
        await make(intent);
        expect(await make(intent)).toEqual([]);
      }
    });

    it.each<[string, (v1: Revision, v2: Revision) => Intent]>([
      ['at rest, while another revision is refused', (v1) => intents.rest(v1)],
      ['during a trial', (v1, v2) => intents.trial(v1, v2)],
      ['during a promotion', (v1, v2) => intents.promotion(v1, v2)],
    ])('puts back each field of its own %s', async (_when, intentOf) => {
      const [v1, v2] = await tried();
      const intent = intentOf(v1, v2);
      await make(intent);
      const wanted = (live: LiveObjects): readonly Child[] => childrenOf(live, intent);
      if (subject.keepsServing === undefined) expectRepaired(world, wanted, subject.memory);
      else expectReplaced(world, target().owned, wanted);
    });

    it('has all that it makes among its names, and owned by the application', async () => {
      const v1 = await installed();
      subject.change(world);
      const v2 = wantedOf(target(), world.sight());
      const promoting = subject.keepsServing === undefined ? [intents.promotion(v1, v2)] : [];
      for (const intent of [intents.trial(v1, v2), ...promoting]) {
        expectOwned(world, target().owned, (live) => childrenOf(live, intent));
        await make(intent);
      }
    });

    it('touches nothing of somebody else’s in the place of its own', async () => {
      const [v1, v2] = await tried();
      expectForeignUntouched(world, target().owned, (live) => childrenOf(live, intents.trial(v1, v2)));
    });

    it('tells the pods of both workloads apart', async () => {
      await tried();
      const { workloads } = target();
      expect(workloads.primary).not.toBe(workloads.secondary);
      const labels = target().selectors(world.sight());
      if (labels === undefined) return;
      const { primary, secondary } = labels;
      expect(primary).not.toMatchObject(secondary);
      expect(secondary).not.toMatchObject(primary);
    });
  });

  if (subject.before.length === 0) return;

  describe(`${name}, as a target that was there before`, () => {
    stopsItsWorld();

    it('is left alone but for what is lent', async () => {
      const [v1, v2] = await tried();
      const users = (): unknown[] =>
        subject.before.map((object) => {
          const live = world.get(kindOf(object), object.metadata.name);
          return live && { labels: live.metadata.labels, rest: subject.untouched(live) };
        });
      const before = users();
      for (const intent of [
        intents.promotion(v1, v2),
        intents.restoring(v1, v2),
        intents.rest(v1),
        intents.return(v1, v2),
      ])
        await make(intent);
      expect(users()).toEqual(before);
    });

    it('is said to be missing, and what runs goes on running', async () => {
      const v1 = await installed();
      const [released] = subject.before;
      if (released === undefined) throw new Error('there is nothing to release');
      world.remove(kindOf(released), released.metadata.name);
      expect(facts().wanted).toMatchObject({ reason: 'TargetMissing', stops: 'all' });
      if (subject.keepsServing === undefined) expect(facts().primary).toMatchObject({ revision: { id: v1.id } });
      const writes = await make(intents.rest(v1));
      expect(writes.filter((write) => !write.startsWith('create '))).toEqual([]);
    });

    it('is claimed, so that no other application releases it too', async () => {
      await installed();
      const other = { ...world.app, metadata: { ...world.app.metadata, name: 'other', uid: 'other' } };
      expect(target().claims).not.toEqual([]);
      expect(knownModeOf(other).target.claims).toEqual(target().claims);
    });
  });
}
