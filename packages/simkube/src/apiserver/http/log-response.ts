import { existingObject } from '../handlers/update.ts';
import { listAt, stringAt, type ApiObject } from '../object/api-object.ts';
import { badRequest, methodNotAllowed } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import type { ApiResponse } from './api-request.ts';
import type { PodLogOptions, ResourceRequest } from './request-context.ts';
import { flag, number } from './request-options.ts';
import { target } from './resource-requests.ts';

/** Answers `pods/log` with what the kubelet of the world has. */
export function logResponse(request: ResourceRequest): ApiResponse {
  const { context, info, resource } = request;
  if (info.verb !== 'get') throw methodNotAllowed();
  const pod = existingObject(resource, target(request));
  if (context.podLogs === undefined) {
    throw new StatusError({
      code: 500,
      reason: 'InternalError',
      message: 'no kubelet serves the logs of this cluster',
    });
  }
  const lines = context.podLogs(pod, logOptions(request, pod));
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: encoded(lines) };
}

function logOptions({ request }: ResourceRequest, pod: ApiObject): PodLogOptions {
  const { query } = request;
  const tailLines = number(query, 'tailLines');
  const sinceSeconds = number(query, 'sinceSeconds');
  return {
    container: containerName(pod, query.get('container') ?? ''),
    follow: flag(query, 'follow') ?? false,
    timestamps: flag(query, 'timestamps') ?? false,
    previous: flag(query, 'previous') ?? false,
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
  };
}

function containerName(pod: ApiObject, asked: string): string {
  const names = listAt(pod, 'spec', 'containers').map((container) => stringAt(container, 'name') ?? '');
  const { name } = pod.metadata;
  if (asked === '') {
    if (names.length === 1) return names[0] ?? '';
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
  return asked;
}

/** Bytes of a text. Not a generator: the reader's `return` must reach the text while it waits for its next piece. */
function encoded(texts: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = texts[Symbol.asyncIterator]();
      return {
        next: async () => {
          const next = await iterator.next();
          return next.done === true
            ? { done: true, value: undefined }
            : { done: false, value: encoder.encode(next.value) };
        },
        return: async () => {
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
