import type { TransportResponse } from '@canaryop/reconcile/env';

import { isObject, type Json, type Sentinel } from '../sequence/operation.ts';
import { exchange, open, queryOf, reply, type Exchange } from './exchange.ts';
import type { ConformanceServer } from './server.ts';

/** How long a watch with a sentinel may take: far longer than any server takes. */
const patienceMs = 5000;
/** More than the `timeoutSeconds` of 1 that watches without a sentinel have. */
const silenceMs = 1500;

/** What a watch showed, or why it was refused. */
export interface Watched {
  readonly status: number;
  readonly body: Json;
  readonly events?: readonly Json[];
}

/**
 * Watches until the sentinel's event, an error or the end. The sentinel is made after the watch was answered, and after
 * the bookmark that ends the initial events where the watch asks for it: which of the two comes first is left to chance.
 */
export async function watch(
  server: ConformanceServer,
  request: Exchange,
  sentinel: Sentinel | undefined,
): Promise<Watched> {
  const stopping = new AbortController();
  const response = await open(server, request, stopping.signal);
  const make = async (): Promise<void> => {
    if (sentinel !== undefined) await exchange(server, { method: 'POST', path: sentinel.path, body: sentinel.body });
  };
  if (response.status !== 200) {
    const { status, body } = await reply(response);
    await make();
    return { status, body };
  }
  const events: Json[] = [];
  const initial = Promise.withResolvers<void>();
  const reading = read(response, events, { last: nameOf(sentinel?.body), onInitialEnd: initial.resolve });
  if (hasInitialEnd(request)) await Promise.race([initial.promise, server.pause(patienceMs)]);
  await make();
  await Promise.race([reading, server.pause(sentinel === undefined ? silenceMs : patienceMs)]);
  stopping.abort();
  await reading;
  return { status: 200, body: null, events };
}

function hasInitialEnd(request: Exchange): boolean {
  const query = queryOf(request);
  return query.get('sendInitialEvents') === 'true' && query.get('allowWatchBookmarks') === 'true';
}

async function read(
  response: TransportResponse,
  events: Json[],
  { last, onInitialEnd }: { readonly last: string | undefined; readonly onInitialEnd: () => void },
): Promise<void> {
  try {
    for await (const event of eventsOf(response)) {
      events.push(event);
      if (isObject(event) && event['type'] !== 'ADDED') onInitialEnd();
      if (isObject(event) && (event['type'] === 'ERROR' || isLast(event['object'], last))) return;
    }
  } catch {
    // Ended by us.
  }
}

async function* eventsOf(response: TransportResponse): AsyncGenerator<Json> {
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Json;
  }
}

function isLast(object: Json | undefined, last: string | undefined): boolean {
  if (last === undefined || !isObject(object)) return false;
  if (nameOf(object) === last) return true;
  const rows = object['rows'];
  return Array.isArray(rows) && rows.some((row: Json) => isObject(row) && nameOf(row['object']) === last);
}

function nameOf(object: Json | undefined): string | undefined {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
