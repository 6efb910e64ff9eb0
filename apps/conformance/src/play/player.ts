import { isObject, textOf, type Json, type JsonObject, type Operation, type Sequence } from '../sequence/operation.ts';
import { exchange, queryOf, type Exchange } from './exchange.ts';
import { Memory } from './memory.ts';
import type { ConformanceServer } from './server.ts';
import { resourceOf } from './resource-of.ts';
import { settle } from './settle.ts';
import type { Answer, Trace } from './trace.ts';
import { watch } from './watch.ts';

/**
 * Plays a sequence against a server, in a namespace of its own, and resolves with what was answered. Rejects when the
 * server cannot be reached.
 * @param word unique among all that the server has seen: the namespace's name, of lower-case letters and digits.
 */
export async function play(sequence: Sequence, server: ConformanceServer, word: string): Promise<Trace> {
  const memory = new Memory(word);
  await prepare(server, memory);
  const answers: Answer[] = [];
  for (const operation of sequence.operations) answers.push(await carryOut(server, memory, operation));
  return { word, answers };
}

/** A namespace with its account, and the version that the story begins at. */
async function prepare(server: ConformanceServer, memory: Memory): Promise<void> {
  const { word } = memory;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: word } };
  const made = await exchange(server, { method: 'POST', path: '/api/v1/namespaces', body });
  if (made.status !== 201)
    throw new Error(`${server.name} refuses the namespace ${word}: ${JSON.stringify(made.body)}`);
  memory.learn('namespaces', made.body);
  const account = `/api/v1/namespaces/${word}/serviceaccounts/default`;
  await settle(server, memory, { of: 'present', path: account });
  const list = await exchange(server, { method: 'GET', path: `/api/v1/namespaces/${word}/configmaps` });
  const metadata = isObject(list.body) ? list.body['metadata'] : undefined;
  memory.start = isObject(metadata) ? textOf(metadata['resourceVersion']) : '';
}

async function carryOut(server: ConformanceServer, memory: Memory, operation: Operation): Promise<Answer> {
  const request = filled(operation, memory);
  if (queryOf(request).get('resourceVersion') === '0') await refreshCache(server, request);
  const answer = operation.watch === undefined ? await ask(server, memory, request) : await follow();
  if (operation.settle === undefined || answer.status >= 300) return { id: operation.id, ...answer };
  const settled = await settle(server, memory, operation.settle);
  return { id: operation.id, ...answer, ...(settled === undefined ? {} : { settled }) };

  async function follow(): Promise<Omit<Answer, 'id'>> {
    const until = operation.watch?.until;
    const sentinel =
      until === undefined
        ? undefined
        : { path: memory.filled(until.path), body: memory.filledJson(until.body) as JsonObject };
    const watched = await watch(server, request, sentinel);
    // A sentinel may grant something, whether or not the watch was allowed.
    if (sentinel?.path.startsWith('/apis/rbac.authorization.k8s.io/') === true)
      await settle(server, memory, { of: 'access', resource: resourceOf(sentinel.path) });
    return { warnings: [], ...watched };
  }
}

/**
 * Any version will do for who asks for the version 0, and how far a cache trails is left to chance. A list without a
 * version waits until the cache has what was written before it.
 */
async function refreshCache(server: ConformanceServer, { path }: Exchange): Promise<void> {
  await exchange(server, { method: 'GET', path: path.replace(/\?.*$/u, '') });
}

async function ask(server: ConformanceServer, memory: Memory, request: Exchange): Promise<Omit<Answer, 'id'>> {
  const answer = await exchange(server, request);
  // Nothing that was made to look at is there.
  if (answer.status < 300 && !queryOf(request).has('dryRun')) memory.learn(resourceOf(request.path), answer.body);
  return answer;
}

function filled(operation: Operation, memory: Memory): Exchange {
  const { method, path, query = {}, headers = {}, body, edit } = operation;
  const pairs = Object.entries(query).map(([key, value]): [string, string] => [key, memory.filled(value)]);
  const search = new URLSearchParams(pairs).toString();
  const sent = edit === undefined ? body : edited(edit, memory);
  return {
    method,
    path: `${memory.filled(path)}${search === '' ? '' : `?${search}`}`,
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, memory.filled(value)])),
    ...(sent === undefined ? {} : { body: memory.filledJson(sent) }),
  };
}

function edited({ object, set }: NonNullable<Operation['edit']>, memory: Memory): Json {
  const key = memory.filled(object);
  const known: Json = memory.object(key) ?? { metadata: { name: key.slice(key.indexOf('/') + 1) } };
  return set.reduce<Json>((value, [path, change]) => withChange(value, path, change), known);
}

function withChange(value: Json | undefined, [step, ...rest]: readonly string[], change: Json): Json {
  if (step === undefined) return change;
  const object: JsonObject = isObject(value) ? value : {};
  const others = Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
  if (rest.length === 0 && change === null) return others;
  return { ...others, [step]: withChange(object[step], rest, change) };
}
