import { describe, expect, it } from 'vitest';

import { recordingLogger } from '../testing/recording-logger.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { pollingSource, type Polled } from './polling-source.ts';

function polled() {
  const { log, lines } = recordingLogger();
  const env = virtualEnv({ log });
  let answer: readonly Polled[] | Error = [];
  let asked = 0;
  const source = pollingSource({
    name: 'dns',
    everyMs: 1000,
    poll: () => {
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  })(env);
  const seen: string[] = [];
  const start = (): (() => void) => source.start((key, options) => seen.push(`${key.name}: ${options?.reason}`));
  const say = (next: Readonly<Record<string, unknown>> | Error): void => {
    answer = next instanceof Error ? next : Object.entries(next).map(([name, value]) => [{ name }, value]);
  };
  const told = async (): Promise<readonly string[]> => {
    await env.time.advance(1000);
    return seen.splice(0);
  };
  return { env, start, say, told, lines, asked: () => asked };
}

describe('a polling source', () => {
  it('enqueues what came, changed or went since it asked last, and nothing else', async () => {
    const { start, say, told, env } = polled();
    say({ a: { ip: 1 }, b: 1 });
    const stop = start();
    expect(await told()).toEqual(['a: dns changed', 'b: dns changed']);
    expect(await told()).toEqual([]);
    say({ a: { ip: 2 }, b: 1, c: 1 });
    expect(await told()).toEqual(['a: dns changed', 'c: dns changed']);
    say({ a: { ip: 2 } });
    expect(await told()).toEqual(['b: dns changed', 'c: dns changed']);
    stop();
    expect(env.time.pending).toBe(0);
  });

  it('knows what it knew when that system has been away', async () => {
    const { start, say, told, lines } = polled();
    say({ a: 1 });
    const stop = start();
    expect(await told()).toEqual(['a: dns changed']);
    say(new Error('no answer'));
    expect(await told()).toEqual([]);
    expect(lines.map(({ level, fields }) => [level, fields['source']])).toEqual([['warn', 'dns']]);
    say({ a: 1, b: 1 });
    expect(await told()).toEqual(['b: dns changed']);
    stop();
  });

  it('asks once for all who listen, and tells who comes later of what is known', async () => {
    const { start, say, told, asked } = polled();
    say({ a: 1 });
    const first = start();
    expect(await told()).toEqual(['a: dns changed']);
    const before = asked();
    start()();
    expect(await told()).toEqual(['a: dns']);
    expect(asked()).toBe(before + 1);
    first();
  });
});
