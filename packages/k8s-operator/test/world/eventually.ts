import { expect } from 'vitest';

/** Expects of what other processes do, and of a machine that may be busy. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 15_000 });
}
