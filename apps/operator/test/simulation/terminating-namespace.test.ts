import type { Transport } from '@canaryop/reconcile/env';
import { Service } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { appKey, Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** What an API server answers to a POST into a namespace that is on its way out, in which deletions go on for a while. */
const refusal = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message:
    'services "demo" is forbidden: unable to create new content in namespace default because it is being terminated',
  reason: 'Forbidden',
  details: {
    name: 'demo',
    kind: 'services',
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: 'namespace default is being terminated',
        field: 'metadata.namespace',
      },
    ],
  },
  code: 403,
});

describe('a namespace that is being deleted', () => {
  it('refuses a child once for each deletion that is seen, and not again and again', async () => {
    let isTerminating = false;
    let refused = 0;
    const wrap = (inner: Transport): Transport => ({
      close: () => inner.close(),
      request: (request) => {
        if (!isTerminating || request.method !== 'POST' || request.url.includes('/events'))
          return inner.request(request);
        refused += 1;
        const headers = { 'content-type': 'application/json' };
        return Promise.resolve({ status: 403, headers, body: oneChunk(refusal) });
      },
    });
    const sim = new Simulation({ wrap });
    simulation = sim;
    sim.startOperator();
    sim.createApp();
    await sim.untilPhase('Released');
    await sim.env.time.advance(5_000);
    isTerminating = true;
    sim.cluster.server.loopback.delete(Service, appKey);
    await sim.env.time.advance(60_000);
    expect(refused).toBe(1);
  });
});

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
