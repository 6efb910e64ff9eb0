import { noCredentials } from '../src/client/cluster-connection.ts';
import { createCache, type InformerOptions } from '../src/cache/informer-cache.ts';
import type { ObjectChange } from '../src/cache/cache.ts';
import type { LogFields, Logger } from '../src/env/logger.ts';
import { silentLogger } from '../src/env/logger.ts';
import type { KubernetesObject } from '../src/object/object.ts';
import { resourceKind } from '../src/object/resource-kind.ts';
import {
  ScriptedStream,
  ScriptedTransport,
  type RecordedRequest,
  type ScriptedAnswer,
} from '../src/testing/scripted-transport.ts';
import { virtualEnv } from '../src/testing/virtual-env.ts';

export interface Widget extends KubernetesObject {
  readonly size?: number;
}

export const widgets = resourceKind<Widget>({ group: 'demo.io', version: 'v1', kind: 'Widget', plural: 'widgets' });

export function widget(
  name: string,
  version: number,
  more: { uid?: string; size?: number; labels?: Record<string, string> } = {},
) {
  const { uid = `uid-${name}`, size = 1, labels } = more;
  return {
    apiVersion: 'demo.io/v1',
    kind: 'Widget',
    metadata: {
      name,
      namespace: 'ns',
      uid,
      resourceVersion: String(version),
      ...(labels === undefined ? {} : { labels }),
    },
    size,
  };
}

export const list = (version: number, items: readonly unknown[] = [], next = ''): ScriptedAnswer => ({
  json: { kind: 'WidgetList', metadata: { resourceVersion: String(version), continue: next }, items },
});
export const status = (code: number, reason: string, headers: Record<string, string> = {}): ScriptedAnswer => ({
  status: code,
  headers,
  json: { kind: 'Status', reason, message: `no: ${reason}`, code },
});
export const event = (type: string, object: unknown) => ({ type, object });
export const bookmark = (version: number, endsList = false) => {
  const annotations = endsList ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return event('BOOKMARK', { kind: 'Widget', metadata: { resourceVersion: String(version), ...annotations } });
};

type Script = (request: RecordedRequest, count: number) => ScriptedAnswer;

/** A cache of widgets over a scripted API server; `streams` are the watches in the order in which they were opened. */
export function world(
  script: Partial<{ list: Script; watch: Script }> = {},
  options: InformerOptions<Widget> = {},
  streamingLists = false,
) {
  const lines: [string, LogFields | undefined][] = [];
  const note = (message: string, fields?: LogFields): void => void lines.push([message, fields]);
  const log: Logger = { ...silentLogger, warn: note, error: note, with: () => log };
  const env = virtualEnv({ log });
  const streams: ScriptedStream[] = [];
  const counts = { list: 0, watch: 0 };
  const transport = new ScriptedTransport((request) => {
    const verb = request.query['watch'] === 'true' ? 'watch' : 'list';
    const answer = script[verb]?.(request, counts[verb]++);
    if (answer !== undefined) return answer;
    if (verb === 'list') return list(100);
    const stream = new ScriptedStream();
    streams.push(stream);
    return { stream };
  });
  const connection = { server: 'http://api', transport, credentials: noCredentials };
  const cache = createCache({ env, connection, fieldManager: 'tester', streamingLists });
  const informer = cache.informer(widgets, options);
  const changes: ObjectChange<Widget>[] = [];
  informer.onChange((change) => changes.push(change));
  const stop = new AbortController();
  const watches = (): RecordedRequest[] => transport.requests.filter((request) => request.query['watch'] === 'true');
  const lists = (): RecordedRequest[] => transport.requests.filter((request) => request.query['watch'] !== 'true');
  const start = async (): Promise<Promise<void>> => {
    const ended = cache.start(stop.signal);
    await env.time.settle();
    return Promise.resolve(ended);
  };
  return {
    env,
    time: env.time,
    transport,
    streams,
    cache,
    informer,
    changes,
    stop,
    watches,
    lists,
    start,
    lines,
    connection,
  };
}

export const names = (informer: { lister: { list(): readonly KubernetesObject[] } }): readonly string[] =>
  informer.lister
    .list()
    .map((object) => object.metadata.name)
    .sort();

export async function begin(w: ReturnType<typeof world>): Promise<void> {
  w.cache.start(w.stop.signal).catch((error: unknown) => w.lines.push([String(error), undefined]));
  await w.time.settle();
}
