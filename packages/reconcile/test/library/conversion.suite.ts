import { describe, expect, it } from 'vitest';

import { controller } from '@canaryop/reconcile/controller';
import { defineKind, s } from '@canaryop/reconcile/crd';
import { kindVersions, olderVersion, type KindVersions } from '@canaryop/reconcile/versions';
import { webhookClientConfig } from '@canaryop/reconcile/webhook';

import { definitions, present, type Sharing } from './share.ts';
import { webhooksOf } from './webhooks-world.ts';

/** What the library promises of kinds with several versions, on whichever server asks it to convert them. */
export function conversionSuite(share: Sharing): void {
  describe('conversions', () => {
    it(
      'go between the versions of a kind, and lose nothing on the way',
      share(async (test) => {
        const { client } = test;
        const group = `${test.namespace}.demo.io`;
        const { rooms, old } = roomsOf(group);
        const seen: unknown[] = [];
        const watcher = controller('rooms')
          .for(rooms.current)
          .reconcile((key, { lister }) => {
            seen.push(lister(rooms.current).get(key)?.spec);
            return Promise.resolve();
          });
        const { place, options } = await webhooksOf(test, [], [rooms]);
        const crd = rooms.crd({ webhook: webhookClientConfig(place), storedAs: 'v1beta1' });
        await client.create(definitions, crd);
        const { manager } = test.run({ ...options, namespaces: [test.namespace] }, watcher);
        await test.until(() => manager.ports['webhooks'] !== undefined);
        await test.until(() => manager.informer(rooms.current).hasSynced);
        const metadata = test.key('a');
        await client.create(old, { apiVersion: `${group}/v1beta1`, kind: 'Room', metadata, spec: { size: '3x4' } });
        await test.until(() => seen.length > 0);
        expect(seen[0]).toEqual({ width: 3, depth: 4 });
        // The current version says more than the one that is stored.
        const live = present(await client.get(rooms.current, metadata));
        await client.patch(rooms.current, live, { spec: { floor: 2 } });
        expect((await client.get(rooms.current, metadata))?.spec).toEqual({ width: 3, depth: 4, floor: 2 });
        expect((await client.get(old, metadata))?.spec).toEqual({ size: '3x4' });
        const stored = present(await client.get(old, metadata));
        await client.patch(old, stored, { spec: { size: '5x4' } });
        expect((await client.get(rooms.current, metadata))?.spec).toEqual({ width: 5, depth: 4, floor: 2 });
        await test.until(() => seen.length > 2);
      }),
    );
  });
}

function roomsOf(group: string) {
  const kind = 'Room';
  const old = defineKind({
    group,
    version: 'v1beta1',
    kind,
    spec: s.object({ size: s.string({ maxLength: 20 }) }),
  });
  const current = defineKind({
    group,
    version: 'v1',
    kind,
    spec: s.object({ width: s.int(), depth: s.int(), floor: s.int().optional() }),
  });
  const rooms = kindVersions(current, [
    olderVersion(current, old, {
      up: ({ spec }) => {
        const [width = '', depth = ''] = spec.size.split('x');
        return { spec: { width: Number(width), depth: Number(depth) } };
      },
      down: ({ spec }) => ({ spec: { size: `${spec.width}x${spec.depth}` } }),
    }),
  ]);
  return { rooms: rooms as KindVersions & typeof rooms, old };
}
