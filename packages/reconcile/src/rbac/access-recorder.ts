import type { Transport } from '../env/transport.ts';
import { rightOf, type Right } from './access.ts';

/** Which rights requests used. */
export interface AccessRecorder {
  /** To be used in place of the transport that it was made of. */
  readonly transport: Transport;
  /** Of requests that were allowed, whatever became of them. */
  readonly used: ReadonlySet<Right>;
  /** Of requests that were answered with 403. */
  readonly refused: ReadonlySet<Right>;
}

const forbidden = 403;

/**
 * Notes which right each request uses, so that it can be compared with what was granted (`compareAccess`): for tests,
 * and for a run in development whose roles are to be narrowed.
 */
export function recordAccess(transport: Transport): AccessRecorder {
  const used = new Set<Right>();
  const refused = new Set<Right>();
  return {
    used,
    refused,
    transport: {
      async request(request) {
        const response = await transport.request(request);
        const right = rightOf(request.method, request.url);
        if (right !== undefined) (response.status === forbidden ? refused : used).add(right);
        return response;
      },
      close: () => transport.close(),
    },
  };
}
