import { createReadStream } from 'node:fs';

import type { AuditEvent } from '@canaryop/testkit/control-plane';

import type { RequestCounts } from '../measure/server-requests.ts';

/** What an operator asks of an API server, whose audit log has its requests and nobody else's, once each. */
export class AuditedRequests {
  readonly #path: string;
  #offset = 0;

  /** @param path of the audit log */
  constructor(path: string) {
    this.#path = path;
  }

  /** What was answered since it was last asked. It may be half a gigabyte, and is read line by line. */
  async take(): Promise<RequestCounts> {
    const counts: Record<string, number> = {};
    let rest = '';
    for await (const chunk of createReadStream(this.#path, { start: this.#offset, encoding: 'utf8' })) {
      const lines = (rest + (chunk as string)).split('\n');
      // The last one is still being written, or empty.
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.#offset += Buffer.byteLength(line) + 1;
        const key = requestOf(JSON.parse(line) as AuditEvent);
        if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
      }
    }
    return counts;
  }
}

/** `patch virtualservices`; undefined of a watch, which lasts, and of a lease, which is renewed whatever happens. */
export function requestOf({ verb, objectRef, requestURI }: AuditEvent): string | undefined {
  if (verb === 'watch' || objectRef?.resource === 'leases') return undefined;
  if (objectRef === undefined) return `${verb} ${new URL(requestURI, 'https://server').pathname}`;
  const { resource, subresource } = objectRef;
  return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}
