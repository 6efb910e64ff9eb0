import { sleep } from '@canaryop/reconcile/env';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import type { Revision } from '../api/v1/revision.ts';
import { Checker } from './checker.ts';
import type { Inquiry } from './analysis.ts';
import type { InstantQuestion } from './question.ts';

const slow = 'http://slow.monitoring.svc:9090';
const fast = 'http://prometheus.monitoring.svc:9090';
const slowMs = 4_000;
const fastMs = 10;

const revision: Revision = { id: 'r1', image: 'image:v1', port: 80 };

const appKey = (index: number) => ({ namespace: 'default', name: `app-${index}` });

/** A checker on two providers, and what they were asked. */
function checkerOnTwo() {
  const env = virtualEnv();
  const startMs = env.clock.now();
  const asked: { readonly url: string; readonly at: number; readonly endMs: number }[] = [];
  const checker = new Checker(
    {
      ask: async (question) => {
        const { url = '', atMs } = question as InstantQuestion;
        asked.push({ url, at: env.clock.now() - startMs, endMs: atMs - startMs });
        await sleep(env.timers, url === slow ? slowMs : fastMs);
        return { kind: 'value', value: url === slow ? 1 : 2 };
      },
    },
    env,
    () => undefined,
  );
  const inquiry =
    (urls: readonly string[]) =>
    (atMs: number): Inquiry => ({
      questions: urls.map((url) => ({ kind: 'instant', field: 'f', url, query: 'q', atMs })),
      judge: (answers) => ({ verdict: 'pass', detail: JSON.stringify(answers), measured: [] }),
    });
  const ask = (index: number, ...urls: readonly string[]): void =>
    checker.ask({ app: appKey(index), revision, inquire: inquiry(urls) });
  const askedAt = (index: number): number | undefined => {
    const at = checker.recall(appKey(index))?.measurement?.askedAt;
    return at === undefined ? undefined : at - startMs;
  };
  return { env, checker, asked, ask, askedAt };
}

describe('a check of several questions', () => {
  it('asks them side by side, and gives one measurement when all are answered', async () => {
    const { env, checker, asked, ask } = checkerOnTwo();
    ask(0, fast, slow, fast);
    await env.time.advance(slowMs - 1);
    expect(asked.map(({ url, at }) => [url, at])).toEqual([
      [fast, 0],
      [slow, 0],
      [fast, 0],
    ]);
    expect(checker.recall(appKey(0))?.measurement).toBeUndefined();
    await env.time.advance(1);
    const { detail = '[]' } = checker.recall(appKey(0))?.measurement ?? {};
    expect((JSON.parse(detail) as { value: number }[]).map(({ value }) => value)).toEqual([2, 1, 2]);
  });

  it('is about the moment of its first question, and each question about its own', async () => {
    const { env, asked, ask, askedAt } = checkerOnTwo();
    for (let index = 0; index < 64; index += 1) ask(index, slow);
    ask(64, slow, fast);
    await env.time.advance(2 * slowMs);
    expect(asked.filter(({ at }) => at === slowMs)).toEqual([{ url: slow, at: slowMs, endMs: slowMs }]);
    expect(asked.filter(({ url }) => url === fast)).toEqual([{ url: fast, at: 0, endMs: 0 }]);
    expect(askedAt(64)).toBe(0);
  });

  it('that asks nothing is answered at once', async () => {
    const { env, ask, askedAt } = checkerOnTwo();
    await env.time.advance(7);
    ask(0);
    await env.time.advance(0);
    expect(askedAt(0)).toBe(7);
  });
});

describe('a check that cannot be made', () => {
  it.each<[string, () => Inquiry]>([
    [
      'cannot say what to ask',
      () => {
        throw new Error('a bug');
      },
    ],
    [
      'cannot judge its answers',
      () => ({
        questions: [],
        judge: () => {
          throw new Error('a bug');
        },
      }),
    ],
  ])('because it %s is an error, and no end of the operator', async (_name, inquire) => {
    const { env, checker } = checkerOnTwo();
    checker.ask({ app: appKey(0), revision, inquire });
    await env.time.advance(0);
    expect(checker.recall(appKey(0))?.measurement).toMatchObject({ verdict: 'error', askedAt: env.clock.now() });
  });
});

describe('checks in the background', () => {
  it('of a slow provider keep those of another one waiting not at all, however many they are', async () => {
    const { env, ask, askedAt } = checkerOnTwo();
    for (let index = 0; index < 500; index += 1) ask(index, slow);
    ask(500, fast);
    await env.time.advance(fastMs);
    expect(askedAt(500)).toBe(0);
  });

  it('ask one provider at most 64 questions at a time, first come first served', async () => {
    const { env, asked, ask } = checkerOnTwo();
    for (let index = 0; index < 200; index += 1) ask(index, slow);
    await env.time.advance(4 * slowMs);
    expect(asked.map(({ at }) => at)).toEqual([
      ...Array.from({ length: 64 }, () => 0),
      ...Array.from({ length: 64 }, () => slowMs),
      ...Array.from({ length: 64 }, () => 2 * slowMs),
      ...Array.from({ length: 8 }, () => 3 * slowMs),
    ]);
  });

  it('that waited are about the moment at which they are asked, and remembered as such', async () => {
    const { env, asked, ask, askedAt } = checkerOnTwo();
    for (let index = 0; index < 65; index += 1) ask(index, slow);
    await env.time.advance(2 * slowMs);
    expect(asked.at(-1)).toEqual({ url: slow, at: slowMs, endMs: slowMs });
    expect(askedAt(64)).toBe(slowMs);
  });

  it('are one at a time for an application, also while its check waits', async () => {
    const { env, asked, ask } = checkerOnTwo();
    for (let index = 0; index < 65; index += 1) ask(index, slow);
    await env.time.advance(1_000);
    ask(64, slow);
    await env.time.advance(3 * slowMs);
    expect(asked).toHaveLength(65);
  });

  it('of an application that is gone are not asked when their turn comes', async () => {
    const { env, checker, asked, ask } = checkerOnTwo();
    for (let index = 0; index < 65; index += 1) ask(index, slow);
    checker.forget(appKey(64));
    await env.time.advance(3 * slowMs);
    expect(asked).toHaveLength(64);
  });

  it('of an application that was made anew are not answered by those of the old one', async () => {
    const { env, checker, ask, askedAt } = checkerOnTwo();
    ask(0, slow);
    await env.time.advance(1_000);
    checker.forget(appKey(0));
    ask(0, slow);
    await env.time.advance(slowMs - 1_000);
    expect(askedAt(0)).toBeUndefined();
    await env.time.advance(1_000);
    expect(askedAt(0)).toBe(1_000);
  });
});
