import type { ApiServer } from '@canaryop/simkube';
import { simulate } from '@canaryop/testkit/simulation';
import { expect, test } from 'vitest';

import { samples } from '../samples.ts';
import { Bucket, buckets } from './main.ts';

const key = { namespace: 'default', name: 'photos' };

test('a bucket has a folder, and leaves none behind, whenever the process dies', async () => {
  // The disk outlives each process, and no run.
  const disks = new Map<ApiServer, Set<string>>();
  await simulate(({ server }) => {
    const folders = disks.get(server) ?? new Set();
    disks.set(server, folders);
    return buckets({
      async ensure(name) {
        folders.add(name);
        return `/buckets/${name}`;
      },
      async remove(name) {
        folders.delete(name);
      },
    });
  })
    .given(Bucket.crd(), ...samples('03-finalizer'))
    .when(async ({ get, until, delete: remove }) => {
      await until(() => get(Bucket, key)?.status?.folder !== undefined);
      remove(Bucket, key);
    })
    .expect(({ get }) => expect(get(Bucket, key)).toBeUndefined())
    .seeds(5)
    .converges();
  expect(disks.size).toBeGreaterThan(5);
  for (const folders of disks.values()) expect(folders.size).toBe(0);
});
