import type { ApiCore } from '../api-core.ts';
import { watchObjects, type WatchOutput } from '../handlers/watch.ts';
import type { ApiObject } from '../object/api-object.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { StatusError } from '../status/status-error.ts';
import type { WebhookCaller } from '../webhooks/webhook-caller.ts';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import { ByteStream } from './byte-stream.ts';
import { ConvertingStream } from './converting-stream.ts';
import type { ObjectWriter, Representation } from './representation.ts';
import type { RequestInfo } from './request-info.ts';
import { flag, listQuery, number } from './request-options.ts';

/** A watch ends by itself after 30 to 60 minutes, as kube-apiserver's do by default. */
const minTimeoutMs = 1_800_000;

/** What a watch needs beside its request. */
export interface WatchContext {
  readonly core: ApiCore;
  readonly writer: ObjectWriter;
  /** Streams that are open; closing the server ends them. */
  readonly streams: Set<ByteStream>;
  readonly webhooks: WebhookCaller;
}

/** Answers a watch with a stream of events, one JSON object a line. */
export function watchResponse(
  context: WatchContext,
  resource: ServedResource,
  request: ApiRequest,
  { info, as }: { readonly info: RequestInfo; readonly as: Representation },
): ApiResponse {
  const { core, streams } = context;
  const stream = new ByteStream();
  const write = eventWriter(context, resource, as);
  const asked = number(request.query, 'timeoutSeconds') ?? 0;
  const timeoutMs = asked > 0 ? asked * 1000 : minTimeoutMs * (1 + core.env.random.next());
  const query = {
    timeoutMs,
    ...listQuery(request, info),
    allowBookmarks: flag(request.query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(request.query, 'sendInitialEvents'),
  };
  const send = (output: WatchOutput): void => stream.write(`${write(output)}\n`);
  const webhook = resource.custom?.webhook;
  const emit =
    webhook === undefined ? send : new ConvertingStream({ ...context, resource, webhook, stream, send }).emit;
  // What is selected is told by what is stored: who watches can't wait for each object's other form.
  const watched = webhook === undefined ? resource : { ...resource, fromStored: asStored };
  const stop = started(stream, () => watchObjects(core, watched, query, emit));
  const cancel = core.env.timers.schedule(timeoutMs, () => {
    stream.end();
  });
  streams.add(stream);
  stream.onEnd(() => {
    stop();
    cancel();
    streams.delete(stream);
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    body: stream,
  };
}

const asStored = (object: ApiObject): ApiObject => object;

/** A revision that is too old is told as the stream's only event, as kube-apiserver's watch cache does. */
function started(stream: ByteStream, start: () => () => void): () => void {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 410) throw error;
    stream.write(`${JSON.stringify({ type: 'ERROR', object: error.status })}\n`);
    stream.end();
    return () => undefined;
  }
}

function eventWriter(
  { core, writer }: WatchContext,
  resource: ServedResource,
  as: Representation,
): (output: WatchOutput) => string {
  let isFirst = true;
  return (output) => {
    const now = core.env.clock.now();
    const text =
      output.type === 'BOOKMARK'
        ? bookmark(resource, output)
        : writer.object(resource, output.object, { ...as, now, withoutHeader: !isFirst });
    isFirst = false;
    return `{"type":"${output.type}","object":${text}}`;
  };
}

function bookmark(resource: ServedResource, output: WatchOutput & { type: 'BOOKMARK' }): string {
  const annotations = output.isInitialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return JSON.stringify({
    kind: resource.kind,
    apiVersion: apiVersionOfResource(resource),
    metadata: { resourceVersion: output.resourceVersion, ...annotations },
  });
}
