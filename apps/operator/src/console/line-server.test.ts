import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { virtualEnv } from '@canaryop/reconcile/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { serveLines } from './line-server.ts';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server on a free port that answers each line with itself, and connections to it. */
async function serving() {
  const env = virtualEnv({ seed: 1 });
  const stopping = new AbortController();
  let port = 0;
  const listens = new Promise<void>((resolve) => {
    const info = (message: string, fields: object = {}): void => {
      if (message !== 'the console listens') return;
      port = Number((fields as { readonly address: string }).address.split(':').at(-1));
      resolve();
    };
    const open = () => ({
      greeting: 'hello\n',
      answer: (line: string) => Promise.resolve(`you said ${line.trim()}\n`),
    });
    const ended = serveLines(
      { ...env, log: { ...env.log, info } },
      { host: '127.0.0.1', port: 0, open },
      stopping.signal,
    );
    stops.push(async () => {
      stopping.abort();
      await ended;
    });
  });
  await listens;
  return { env, open: () => new Talk(connect({ host: '127.0.0.1', port })) };
}

/** One end of a connection. */
class Talk {
  text = '';
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = once(socket, 'close');
    socket.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    socket.on('error', () => undefined);
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  async closed(): Promise<void> {
    await this.#closed;
  }
}

describe('a server of lines', () => {
  it('answers each line in its order, however they come', async () => {
    const talk = (await serving()).open();
    talk.say('one\ntw');
    talk.say('o\r\nthree\n');
    await expect.poll(() => talk.text).toBe('hello\nyou said one\nyou said two\nyou said three\n');
  });

  it('cuts off whoever sends a line without an end', async () => {
    const talk = (await serving()).open();
    talk.say('x'.repeat(600));
    await talk.closed();
    expect(talk.text).toContain('The line is too long.');
  });

  it('turns away who is one too many', async () => {
    const { open } = await serving();
    const talks = Array.from({ length: 16 }, open);
    await expect.poll(() => talks.every(({ text }) => text === 'hello\n')).toBe(true);
    const last = open();
    await last.closed();
    expect(last.text).toBe('Too many connections.\n');
  });

  it('ends a connection that nothing is said on', async () => {
    const { env, open } = await serving();
    const talk = open();
    await expect.poll(() => talk.text).toBe('hello\n');
    await env.time.advance(601_000);
    await talk.closed();
  });
});
