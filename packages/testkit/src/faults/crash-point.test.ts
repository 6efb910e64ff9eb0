import { describe, expect, it } from 'vitest';

import type { Transport } from '@canaryop/reconcile/env';

import { crashingTransport, type CrashMoment } from './crash-point.ts';
import { mortalTransport } from './mortal-transport.ts';

function run(moment: CrashMoment | undefined) {
  const trace: string[] = [];
  const server: Transport = {
    close: () => Promise.resolve(),
    request: ({ url }) => {
      trace.push(`server got ${url}`);
      return Promise.resolve({ status: 200, headers: {}, body: (async function* () {})() });
    },
  };
  const process = mortalTransport(server);
  const transport = crashingTransport(process, {
    point: moment && { request: 2, moment },
    counts: ({ url }) => url !== 'watch',
    die: () => {
      trace.push('died');
      process.kill();
    },
  });
  const send = async (url: string): Promise<void> => {
    await transport.request({ method: 'GET', url, headers: {} });
    trace.push(`answer to ${url}`);
  };
  return { trace, transport, send };
}

const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe('a crash point', () => {
  it.each<[CrashMoment | undefined, readonly string[]]>([
    [undefined, ['server got 2', 'answer to 2', 'server got 3', 'answer to 3']],
    ['before it is sent', ['died']],
    ['before its answer', ['server got 2', 'died']],
    ['after its answer', ['server got 2', 'died', 'answer to 2']],
  ])('%s: %j', async (moment, expected) => {
    const { trace, transport, send } = run(moment);
    await send('1');
    await send('watch');
    trace.length = 0;
    void send('2').then(() => send('3'));
    await settled();
    await settled();
    expect(trace).toEqual(expected);
    expect(transport.requests).toBe(expected.includes('server got 3') || moment === 'after its answer' ? 3 : 2);
  });
});
