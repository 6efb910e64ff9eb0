import { describe, expect, it } from 'vitest';

import type { Transport } from '@canaryop/reconcile/env';

import { mortalTransport } from './mortal-transport.ts';

const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** A process that sends a request and reads its answer, chunk by chunk, and a server that a test writes to. */
function world() {
  const seen: string[] = [];
  const next: ((chunk: string | Error) => void)[] = [];
  const answers: (() => void)[] = [];
  async function* body(): AsyncIterable<Uint8Array> {
    try {
      for (;;) {
        const chunk = await new Promise<string | Error>((resolve) => next.push(resolve));
        if (chunk instanceof Error) throw chunk;
        yield new TextEncoder().encode(chunk);
      }
    } finally {
      seen.push('the reader is gone');
    }
  }
  const server: Transport = {
    close: () => Promise.resolve(),
    request: async ({ url }) => {
      seen.push(`server got ${url}`);
      await new Promise<void>((resolve) => answers.push(resolve));
      return { status: 200, headers: {}, body: body() };
    },
  };
  const transport = mortalTransport(server);
  const stop = new AbortController();
  const read = async (): Promise<void> => {
    const response = await transport.request({ method: 'GET', url: 'a', headers: {}, signal: stop.signal });
    seen.push('answered');
    for await (const chunk of response.body) seen.push(new TextDecoder().decode(chunk));
  };
  const begin = (): void => {
    read().catch((error: unknown) => seen.push(String(error)));
  };
  const step = async (act: () => void): Promise<void> => {
    act();
    for (let turn = 0; turn < 20; turn += 1) await settled();
  };
  return {
    seen,
    transport,
    stop,
    begin,
    step,
    answer: () => answers.shift()?.(),
    write: (c: string) => next.shift()?.(c),
  };
}

describe('a process that is stopped', () => {
  it('neither sends nor hears of an answer, until it goes on', async () => {
    const { seen, transport, begin, step, answer } = world();
    transport.pause();
    await step(begin);
    expect(seen).toEqual([]);
    await step(() => {
      transport.resume();
    });
    expect(seen).toEqual(['server got a']);
    transport.pause();
    await step(answer);
    expect(seen).toEqual(['server got a']);
    await step(() => {
      transport.resume();
    });
    expect(seen).toEqual(['server got a', 'answered']);
  });

  it('reads what has come meanwhile when it goes on', async () => {
    const { seen, transport, begin, step, answer, write } = world();
    await step(begin);
    await step(answer);
    await step(() => write('1'));
    transport.pause();
    await step(() => write('2'));
    expect(seen.slice(2)).toEqual(['1']);
    await step(() => {
      transport.resume();
    });
    await step(() => write('3'));
    expect(seen.slice(2)).toEqual(['1', '2', '3']);
  });
});

describe('a process that is killed', () => {
  it('hears of nothing any more, and the server sees it go', async () => {
    const { seen, transport, begin, step, answer, write } = world();
    await step(begin);
    await step(answer);
    await step(() => write('1'));
    await step(() => {
      transport.kill();
    });
    await step(() => write('2'));
    expect(seen).toEqual(['server got a', 'answered', '1', 'the reader is gone']);
  });

  it('can still be told to stop by whoever waits for it', async () => {
    const { seen, transport, stop, begin, step, answer } = world();
    await step(begin);
    await step(answer);
    await step(() => {
      transport.kill();
    });
    await step(() => {
      stop.abort(new Error('stop'));
    });
    expect(seen.at(-1)).toBe('Error: stop');
  });

  it('does not go on when it was stopped before', async () => {
    const { seen, transport, begin, step } = world();
    transport.pause();
    await step(begin);
    await step(() => {
      transport.kill();
    });
    await step(() => {
      transport.resume();
    });
    expect(seen).toEqual([]);
  });
});
