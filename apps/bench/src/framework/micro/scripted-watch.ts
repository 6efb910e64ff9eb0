import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { aborted, type Transport } from '@canaryop/reconcile/env';
import { noCredentials, type ClusterConnection } from '@canaryop/reconcile/client';

import type { FixtureResource } from './fixture.ts';

/** What a TLS connection brings at a time, at most. */
const chunkBytes = 65_536;

/** A server in memory: a watch begins with the fixture's list and goes on, once released, with one of its changes. */
export interface ScriptedWatch {
  readonly connection: ClusterConnection;
  release(): void;
}

/** Reads the fixture's bytes, and answers every request with them. */
export function scriptedWatch(folder: string, resource: FixtureResource, changes: 'changes' | 'seen'): ScriptedWatch {
  const parts = [`${resource}-list.jsonl`, `${resource}-${changes}.jsonl`];
  const [list, changed] = parts.map((name) => readFileSync(join(folder, name)));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  async function* body(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const stopped = signal === undefined ? new Promise<never>(() => undefined) : aborted(signal);
    yield* chunksOf(list);
    await Promise.race([released, stopped]);
    yield* chunksOf(changed);
    await stopped;
  }
  const headers = { 'content-type': 'application/json' };
  const transport: Transport = {
    request: ({ signal }) => Promise.resolve({ status: 200, headers, body: body(signal) }),
    close: () => Promise.resolve(),
  };
  return { connection: { server: 'https://nowhere', transport, credentials: noCredentials }, release };
}

function* chunksOf(bytes: Buffer | undefined): Iterable<Uint8Array> {
  if (bytes === undefined) return;
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}
