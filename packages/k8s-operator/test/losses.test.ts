import { expect, it } from 'vitest';

import { MyCustomResource, myCustomResource } from './programs/my-custom-resource.ts';
import { original, ours, remove, watching } from './world/scene.ts';
import { eventually } from './world/eventually.ts';

it('a deletion between two watches is lost with the original, and told by ours', async () => {
  const scenes = await Promise.all([watching(original), watching(ours)]);
  for (const { server } of scenes) {
    // As it does each half hour or so. The original comes back after 200 ms.
    server.endWatches();
    remove(server);
    server.loopback.create(MyCustomResource, myCustomResource('afterwards', 'x'));
  }
  const [theirs, own] = scenes;
  await eventually(() => own.typesOf('one')).toEqual(['ADDED', 'DELETED']);
  // It watches again, and knows of no deletion.
  await eventually(() => theirs.typesOf('afterwards')).toEqual(['ADDED']);
  expect(theirs.typesOf('one')).toEqual(['ADDED']);
  expect(theirs.operator.exitCode).toBeUndefined();
});

const expired = {
  type: 'ERROR',
  object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410 },
};

it('a watch that ends with 410 ends the process with the original, and not with ours', async () => {
  const [theirs, own] = await Promise.all([watching(original), watching(ours)]);
  for (const { server } of [theirs, own]) server.endWatchesWith(expired);
  await eventually(() => theirs.operator.exitCode).toBe(1);
  expect(theirs.operator.errors.join('')).toContain('Malformed event object');
  remove(own.server);
  await eventually(() => own.typesOf('one')).toEqual(['ADDED', 'DELETED']);
  expect(own.operator.exitCode).toBeUndefined();
});
