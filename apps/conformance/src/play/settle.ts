import { isObject, textOf, type Json, type JsonObject, type Settle } from '../sequence/operation.ts';
import { exchange } from './exchange.ts';
import { pendingGarbage } from './garbage.ts';
import type { Memory } from './memory.ts';
import type { ConformanceServer } from './server.ts';

/** A real namespace takes five seconds before it is even begun; everything else is far quicker. */
const patienceMs = 60_000;
const firstPauseMs = 4;
const longestPauseMs = 100;

/** Waits for what the server does by itself. Resolves with what is there then, or says what did not come about. */
export async function settle(server: ConformanceServer, memory: Memory, wait: Settle): Promise<Json | undefined> {
  switch (wait.of) {
    case 'access':
      await server.accessSettled(wait);
      return undefined;
    case 'garbage':
      return untilSettled(server, () => collections(server, memory, wait.collections));
    default: {
      const isWanted = (status: number): boolean => (status === 200) === (wait.of === 'present');
      return untilSettled(server, async () => {
        const { status } = await exchange(server, { method: 'GET', path: memory.filled(wait.path) });
        return isWanted(status) ? { done: true } : { done: false, why: `${wait.path} is not ${wait.of}` };
      });
    }
  }
}

interface Look {
  readonly done: boolean;
  readonly value?: Json;
  readonly why?: string;
}

async function untilSettled(server: ConformanceServer, look: () => Promise<Look>): Promise<Json | undefined> {
  const end = server.now() + patienceMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const { done, value, why = '' } = await look();
    if (done) return value;
    if (server.now() > end) return { unsettled: why };
    await server.pause(pauseMs);
  }
}

async function collections(server: ConformanceServer, memory: Memory, paths: readonly string[]): Promise<Look> {
  const lists = await Promise.all(
    paths.map(async (path) => {
      const { body } = await exchange(server, { method: 'GET', path: memory.filled(path) });
      const items = isObject(body) ? body['items'] : undefined;
      return Array.isArray(items) ? (items as readonly Json[]).filter(isObject) : [];
    }),
  );
  const namespace = memory.object(`namespaces/${memory.word}`)?.['metadata'];
  const others = new Set(isObject(namespace) ? [textOf(namespace['uid'])] : []);
  const why = pendingGarbage(lists.flat(), others);
  if (why !== undefined) return { done: false, why };
  // Only what stays: two servers pass through other states.
  for (const [at, path] of paths.entries()) {
    for (const item of lists[at] ?? []) memory.learn(path.slice(path.lastIndexOf('/') + 1), item);
  }
  const kept: readonly JsonObject[] = lists.map((items, at) => ({ path: paths[at] ?? '', items: [...items] }));
  return { done: true, value: [...kept] };
}
