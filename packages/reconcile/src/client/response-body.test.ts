import { describe, expect, it } from 'vitest';

import { ResponseBody, type BodySource } from './response-body.ts';

const bytes = (count: number): Uint8Array => new Uint8Array(count);

/** What was asked of a connection, in its order. */
function recordingSource(): BodySource & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    pause: () => asked.push('pause'),
    resume: () => asked.push('resume'),
    abort: (reason) => asked.push(`abort: ${reason.message}`),
  };
}

async function sizes(body: ResponseBody): Promise<readonly number[]> {
  const read: number[] = [];
  for await (const { length } of body) read.push(length);
  return read;
}

describe('the body of a response', () => {
  it('is read in its order, what came before the reader and what comes while it waits', async () => {
    const body = new ResponseBody(recordingSource());
    body.push(bytes(1));
    const all = sizes(body);
    body.push(bytes(2));
    await Promise.resolve();
    body.push(bytes(3));
    body.end();
    expect(await all).toEqual([1, 2, 3]);
  });

  it('that breaks is read up to there, and then rejects with what broke it', async () => {
    const body = new ResponseBody(recordingSource());
    body.push(bytes(1));
    body.end(new Error('reset'));
    body.push(bytes(2));
    expect((await body.next()).value).toHaveLength(1);
    await expect(body.next()).rejects.toThrow('reset');
  });

  it('makes the sender wait while its reader is behind, and lets it go on once half is read', async () => {
    const source = recordingSource();
    const body = new ResponseBody(source);
    body.push(bytes(40_000));
    expect(source.asked).toEqual([]);
    body.push(bytes(20_000));
    body.push(bytes(20_000));
    expect(source.asked).toEqual(['pause']);
    await body.next();
    expect(source.asked).toEqual(['pause']);
    await body.next();
    expect(source.asked).toEqual(['pause', 'resume']);
  });

  it('closes the connection when its reader leaves before the end, and only then', async () => {
    const left = recordingSource();
    const unread = new ResponseBody(left);
    unread.push(bytes(1));
    unread.push(bytes(1));
    for await (const _ of unread) break;
    expect(left.asked).toEqual(['abort: the reader of the response has left']);
    const complete = recordingSource();
    const read = new ResponseBody(complete);
    read.push(bytes(1));
    read.end();
    for await (const _ of read) break;
    expect(complete.asked).toEqual([]);
  });
});
