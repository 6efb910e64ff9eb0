import { WorkQueue } from '@canaryop/reconcile/queue';

import type { Bench, Benchmark, Figure } from '../benchmark.ts';

const cycles = 500_000;
const keys = 10_000;

/** The work queue by itself. */
export const queue: Benchmark = {
  name: 'queue',
  measures: `${cycles} cycles of add, take and done over ${keys} keys; and as many adds of keys that are there already`,
  run,
};

async function run({ env, progress }: Bench): Promise<readonly Figure[]> {
  const work = new WorkQueue<string>({ env, keyOf: (item) => item });
  const names = Array.from({ length: keys }, (_, index) => `default/object-${index}`);
  const nameAt = (index: number): string => names[index % keys] ?? '';
  progress('cycles');
  const startMs = env.clock.monotonic();
  for (let index = 0; index < cycles; index += 1) {
    work.add(nameAt(index));
    const taken = await work.take();
    if (taken !== undefined) work.done(taken.item);
  }
  const cycledMs = env.clock.monotonic();
  progress('adds of known keys');
  for (const name of names) work.add(name);
  const filledMs = env.clock.monotonic();
  for (let index = 0; index < cycles; index += 1) work.add(nameAt(index));
  const addedMs = env.clock.monotonic();
  for (let index = 0; index < cycles; index += 1)
    work.add(`later-${index % keys}`, { afterMs: 60_000 + (index % 977) });
  const delayedMs = env.clock.monotonic();
  await work.shutDown();
  return [
    { what: 'add, take, done', value: perSecond(cycledMs - startMs), unit: '/s' },
    { what: 'add of a key that is there', value: perSecond(addedMs - filledMs), unit: '/s' },
    { what: 'add with a delay', value: perSecond(delayedMs - addedMs), unit: '/s' },
  ];
}

function perSecond(elapsedMs: number): number {
  return (cycles / elapsedMs) * 1000;
}
