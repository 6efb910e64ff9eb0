import { createRequire } from 'node:module';

import { expect, it, onTestFinished } from 'vitest';

import { OriginalOperator, ResourceEventType } from '../src/original.ts';
import { MyCustomResource } from './programs/my-custom-resource.ts';
import { simulatedOperator, TestOperator, type Handler, type SimulatedOperator } from './world/simulated-operator.ts';

const status = '/apis/dot-i.com/v1/namespaces/default/mycustomresources/one/status';
const minuteMs = 60_000;

async function start(
  handler?: Handler,
  options?: { readonly concurrency?: number; readonly rules?: readonly object[] },
): Promise<SimulatedOperator> {
  const simulated = await simulatedOperator(handler, options);
  onTestFinished(() => simulated.end());
  return simulated;
}

/** A handler that waits until the test lets it go on. */
function gate(): { readonly handler: Handler; readonly open: () => void; readonly running: () => number } {
  const waiting: (() => void)[] = [];
  return {
    handler: () => new Promise<void>((resolve) => waiting.push(resolve)),
    open: () => waiting.shift()?.(),
    running: () => waiting.length,
  };
}

it('is an operator of the original, and its package exports what the original does', async () => {
  const { operator } = await start();
  expect(operator).toBeInstanceOf(OriginalOperator);
  const theirs = createRequire(import.meta.url)('@dot-i/k8s-operator') as object;
  expect(Object.keys(await import('@canaryop/k8s-operator')).sort()).toEqual(Object.keys(theirs).sort());
});

it('tells an event again to a handler that failed, later and later, and others at once', async () => {
  const { create, told, time, log } = await start(({ meta }) =>
    meta.name === 'bad' ? Promise.reject(new Error('out of order')) : Promise.resolve(),
  );
  create('bad');
  await time.advance(1000);
  create('good');
  await time.advance(100);
  expect(told.filter((each) => each === 'ADDED good')).toHaveLength(1);
  expect(told.filter((each) => each === 'ADDED bad')).toHaveLength(8);
  await time.advance(60 * minuteMs);
  expect(told.filter((each) => each === 'ADDED bad').length).toBeLessThan(25);
  expect(log.some((line) => line.includes('out of order'))).toBe(true);
});

it('tells an event again whose status could not be written, though the handler took no notice', async () => {
  const { create, told, time, failWrites, read, writes } = await start((event, operator) =>
    operator.setResourceStatus(event.meta, { phase: 'Ready' }),
  );
  failWrites(500, 2);
  create('one');
  await time.advance(1000);
  expect(read('one')?.status).toEqual({ phase: 'Ready' });
  expect(told).toEqual(['ADDED one', 'ADDED one', 'ADDED one', 'MODIFIED one']);
  expect(writes).toEqual([`PUT ${status}`, `PUT ${status}`, `PUT ${status}`]);
});

it.each([400, 404, 409, 422])('does not tell an event again whose status was refused with %i', async (code) => {
  const { create, told, time, failWrites } = await start((event, operator) =>
    operator.patchResourceStatus(event.meta, { phase: 'Ready' }),
  );
  failWrites(code, 1);
  create('one');
  await time.advance(minuteMs);
  expect(told).toEqual(['ADDED one']);
});

it('lets an object go whose finalizer could not be removed at first', async () => {
  const cleaned: string[] = [];
  const { create, time, failWrites, read, remove } = await start((event, operator) =>
    operator.handleResourceFinalizer(event, 'dot-i.com/test', ({ meta }) => {
      cleaned.push(meta.name);
      return Promise.resolve();
    }),
  );
  create('one');
  await time.advance(100);
  expect(read('one')?.metadata.finalizers).toEqual(['dot-i.com/test']);
  failWrites(500, 1);
  remove('one');
  await time.advance(1000);
  expect(read('one')).toBeUndefined();
  expect(cleaned).toEqual(['one', 'one']);
});

it('leaves finalizers alone that others have added or removed since the event', async () => {
  const { create, time, read, server } = await start(async (event, operator) => {
    const live = read('one');
    if (event.type !== ResourceEventType.Added || live === undefined) return;
    const metadata = { ...live.metadata, finalizers: ['others.io/new'] };
    server.loopback.update(MyCustomResource, { ...live, metadata });
    await operator.setResourceFinalizers(event.meta, ['others.io/old', 'dot-i.com/test']);
  });
  create('one', { finalizers: ['others.io/old'] });
  await time.advance(1000);
  expect(read('one')?.metadata.finalizers).toEqual(['others.io/new', 'dot-i.com/test']);
});

it('writes no status that is there already', async () => {
  const { create, time, writes, told } = await start(async (event, operator) => {
    await operator.setResourceStatus(event.meta, { phase: 'Ready' });
    await operator.patchResourceStatus(event.meta, { phase: 'Ready' });
  });
  create('one');
  await time.advance(1000);
  expect(told).toEqual(['ADDED one', 'MODIFIED one']);
  // The second write of the first event is of an object that has a status already, which its meta does not know.
  expect(writes).toEqual([`PUT ${status}`, `PATCH ${status}`]);
});

it('needs of a Role what the original needs, and list', async () => {
  const apiGroups = ['dot-i.com'];
  const rules = [
    { apiGroups, resources: ['mycustomresources'], verbs: ['list', 'watch', 'patch'] },
    { apiGroups, resources: ['mycustomresources/status'], verbs: ['update'] },
  ];
  const handler: Handler = async (event, operator) => {
    if (await operator.handleResourceFinalizer(event, 'dot-i.com/test', () => Promise.resolve())) return;
    await operator.setResourceStatus(event.meta, { phase: 'Ready' });
  };
  const { create, time, read, remove, log } = await start(handler, { rules });
  create('one');
  await time.advance(1000);
  expect(read('one')?.status).toEqual({ phase: 'Ready' });
  remove('one');
  await time.advance(1000);
  expect(read('one')).toBeUndefined();
  expect(log).toEqual([]);
});

it('goes on from what a write has returned', async () => {
  const { create, time, read } = await start(async (event, operator) => {
    if (event.type !== ResourceEventType.Added) return;
    const written = await operator.setResourceStatus(event.meta, { phase: 'Working' });
    if (written !== null) await operator.patchResourceStatus(written, { phase: 'Ready' });
  });
  create('one');
  await time.advance(1000);
  expect(read('one')?.status).toEqual({ phase: 'Ready' });
});

it('writes nothing to another object of the same name', async () => {
  const { create, time, read, remove, told } = await start(async (event, operator) => {
    if (told.length > 1) return;
    remove('one');
    create('one');
    await operator.setResourceStatus(event.meta, { phase: 'Ready' });
    await operator.setResourceFinalizers(event.meta, ['dot-i.com/test']);
  });
  create('one');
  await time.advance(1000);
  expect(told).toEqual(['ADDED one', 'DELETED one', 'ADDED one']);
  expect(read('one')?.status).toBeUndefined();
  expect(read('one')?.metadata.finalizers).toBeUndefined();
});

it('tells changes that came while the handler was busy as one, with the newest state, and a deletion after it', async () => {
  const { handler, open } = gate();
  const seen: unknown[] = [];
  const { create, change, remove, told, time } = await start((event, operator) => {
    seen.push((event.object as unknown as { spec: { foo: string } }).spec.foo);
    return handler(event, operator);
  });
  create('one');
  await time.advance(10);
  change('one', 'second');
  change('one', 'third');
  await time.advance(10);
  expect(told).toEqual(['ADDED one']);
  open();
  await time.advance(10);
  expect(told).toEqual(['ADDED one', 'MODIFIED one']);
  remove('one');
  await time.advance(10);
  open();
  await time.advance(10);
  expect(told).toEqual(['ADDED one', 'MODIFIED one', 'DELETED one']);
  expect(seen).toEqual(['first', 'third', 'third']);
  open();
});

it('runs one handler at a time, as the original, or as many as it is allowed, but never two for one object', async () => {
  for (const concurrency of [1, 2]) {
    const { handler, open, running } = gate();
    const { create, change, time } = await start(handler, { concurrency });
    for (const name of ['a', 'b', 'c']) create(name);
    await time.advance(10);
    expect(running()).toBe(concurrency);
    change('a', 'second');
    await time.advance(10);
    expect(running()).toBe(concurrency);
    for (let opened = 0; opened < 4; opened += 1) {
      open();
      await time.advance(10);
    }
    expect(running()).toBe(0);
  }
});

it('tells everything again each half hour as added, as the original does when its watch begins anew', async () => {
  const { create, told, time, writes } = await start();
  create('one');
  await time.advance(100 * minuteMs);
  expect(told).toEqual(['ADDED one', 'ADDED one', 'ADDED one', 'ADDED one']);
  expect(writes).toEqual([]);
});

it('tells the operator nothing after a stop, leaves nothing running, and can be started again', async () => {
  const { create, told, time, operator } = await start();
  create('one');
  await time.advance(100);
  operator.stop();
  await time.advance(1000);
  create('two');
  await time.advance(minuteMs);
  expect(told).toEqual(['ADDED one']);
  await operator.start();
  await time.advance(1000);
  expect(told).toEqual(['ADDED one', 'ADDED one', 'ADDED two']);
});

it('refuses a number of handlers that is none', () => {
  expect(() => new TestOperator(() => Promise.resolve(), { concurrency: 0 }, [])).toThrow(
    'concurrency must be a whole number of at least 1, not 0',
  );
});
