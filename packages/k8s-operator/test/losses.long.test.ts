import { expect, it, onTestFinished, vi } from 'vitest';

import { MyCustomResource, myCustomResource } from './programs/my-custom-resource.ts';
import { failingServer } from './world/failing-server.ts';
import { startOperator } from './world/operator-process.ts';
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

it('a deletion is told by ours when the history is gone, and before the next object of that name', async () => {
  const { server, typesOf } = await watching(ours);
  server.answerWith(503, 'GET /apis/dot-i.com/v1/mycustomresources');
  server.endWatches();
  await eventually(() => server.openWatches).toBe(0);
  remove(server);
  server.loopback.create(MyCustomResource, myCustomResource('one', 'again'));
  server.compact();
  server.answerWith(undefined);
  await eventually(() => typesOf('one')).toEqual(['ADDED', 'DELETED', 'ADDED']);
});

it.each([
  ['a server that is not ready', 503],
  ['a right that was taken away', 403],
])('%s ends the process with the original, and not with ours', async (_what, status) => {
  const [theirs, own] = await Promise.all([watching(original), watching(ours)]);
  for (const { server } of [theirs, own]) {
    server.answerWith(status);
    server.endWatches();
  }
  await eventually(() => theirs.operator.exitCode).toBe(1);
  own.server.answerWith(undefined);
  remove(own.server);
  await eventually(() => own.typesOf('one')).toEqual(['ADDED', 'DELETED']);
  expect(own.operator.exitCode).toBeUndefined();
});

it('a resource that is not served yet ends the process with the original, and is waited for by ours', async () => {
  const server = await failingServer({ isInstalled: false });
  onTestFinished(() => server.close());
  const [theirs, own] = [original, ours].map((implementation) => {
    const operator = startOperator({ program: 'recording-operator', implementation, kubeconfig: server.kubeconfig });
    onTestFinished(() => operator.stop());
    return operator;
  });
  await eventually(() => theirs?.exitCode).toBe(1);
  await eventually(() => server.requests('GET /apis/dot-i.com/v1')).toBeGreaterThan(1);
  server.install();
  await vi.waitFor(() => server.loopback.create(MyCustomResource, myCustomResource('one', 'x')));
  await eventually(() => own?.lines.filter(({ name }) => name === 'one')).toHaveLength(1);
});
