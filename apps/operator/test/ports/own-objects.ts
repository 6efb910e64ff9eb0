import { groupResourceOf, type KubernetesObject } from '@canaryop/reconcile/object';
import { expect } from 'vitest';

import type { LiveObjects, ObjectRef } from '../../src/rollout/live-objects.ts';
import type { Child, Write } from '../../src/rollout/write.ts';
import { drifted, leavesOf, valueAt, type Path } from './drift.ts';
import { keyOfWrite, wordsOf, type PortWorld } from './port-world.ts';

/** What a port wants, from what is there. */
export type Wanted = (live: LiveObjects) => readonly Child[];

/** Somebody else's object, as the cache has those that stand in the way: by its name only. */
export function expectForeignUntouched(world: PortWorld, owned: readonly ObjectRef[], wanted: Wanted): void {
  expect(owned).not.toEqual([]);
  for (const { kind, name } of owned) {
    const metadata = { name, namespace: 'default', uid: 'of-another', resourceVersion: '1' };
    const foreign = { apiVersion: 'v1', kind: kind.kind, metadata };
    const about = world.writesFor(wanted(world.sight(foreign))).filter((write) => isAbout(write, foreign));
    expect(about.map(wordsOf), `${kind.kind} ${name} of another`).toEqual([]);
  }
}

/** All that is made is among the names that are said to be taken, and goes with the application. */
export function expectOwned(world: PortWorld, owned: readonly ObjectRef[], wanted: Wanted): void {
  const names = owned.map(({ kind, name }) => `${groupResourceOf(kind)} ${name}`);
  const made = wanted(world.sight()).filter(({ desired }) => desired !== undefined);
  expect(made).not.toEqual([]);
  for (const { kind, desired } of made) {
    expect(names).toContain(`${groupResourceOf(kind)} ${desired?.metadata.name ?? ''}`);
    expect(desired?.metadata.ownerReferences).toMatchObject([{ uid: world.uid, controller: true }]);
  }
}

/**
 * Whatever somebody changes of an object of ours is put back by one write, and nothing is made, removed or scaled for it.
 * @param memory what cannot be put back, because nothing else knows it: no other object may suffer from that
 */
export function expectRepaired(world: PortWorld, wanted: Wanted, memory?: RegExp): void {
  const own = wanted(world.sight()).filter(({ desired, live }) => desired !== undefined && live !== undefined);
  expect(own).not.toEqual([]);
  for (const { desired, live } of own) {
    for (const path of leavesOf(desired)) {
      const seen = drifted(live as KubernetesObject, path);
      const writes = world.writesFor(wanted(world.sight(seen)));
      const about = writes.filter((write) => isAbout(write, seen));
      if (memory?.test(path.join('.')) === true) {
        expect(writes.filter(({ verb }) => verb !== 'apply').map(wordsOf)).toEqual([]);
        continue;
      }
      const what = `${seen.kind} ${seen.metadata.name}: ${path.join('.')}`;
      expect(
        about.map((write) => [wordsOf(write), restored(write, path)]),
        what,
      ).toEqual([
        [
          expect.stringMatching(new RegExp(`^(apply|scale) ${seen.kind} ${seen.metadata.name}$`)),
          valueAt(desired, path),
        ],
      ]);
      expect(countAfter(about[0], live), what).toBe(countOf(live));
      const others = writes.filter((write) => !about.includes(write) && write.verb !== 'apply');
      expect(others.map(wordsOf), what).toEqual([]);
    }
  }
}

/**
 * What nobody can change in place is replaced: whatever somebody changes of the labels and annotations of an object that we
 * wrote, it is removed, and made anew in its turn. Objects that are as they should be are left alone.
 */
export function expectReplaced(world: PortWorld, owned: readonly ObjectRef[], wanted: Wanted): void {
  for (const { kind, name } of owned) {
    const live = world.get(kind, name);
    if (live === undefined) continue;
    expect(world.writesFor(wanted(world.sight())).map(wordsOf)).toEqual([]);
    const marks = leavesOf({ metadata: { labels: live.metadata.labels, annotations: live.metadata.annotations } });
    expect(marks.length).toBeGreaterThan(3);
    for (const path of marks) {
      const writes = world.writesFor(wanted(world.sight(drifted(live, path))));
      expect(writes.map(wordsOf), path.join('.')).toEqual([`delete ${kind.kind} ${name}`]);
    }
  }
}

function isAbout(write: Write, object: KubernetesObject): boolean {
  return write.kind.kind === object.kind && keyOfWrite(write).name === object.metadata.name;
}

function restored(write: Write, path: Path): unknown {
  return 'desired' in write ? valueAt(write.desired, path) : undefined;
}

function countAfter(write: Write | undefined, live: KubernetesObject | undefined): unknown {
  return write?.verb === 'scale' ? write.replicas : countOf(live);
}

function countOf(object: KubernetesObject | undefined): unknown {
  return valueAt(object, ['spec', 'replicas']);
}
