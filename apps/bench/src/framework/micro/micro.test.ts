import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { processEnv } from '@canaryop/reconcile/env';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cacheWork } from './cache-work.ts';
import { cachedConfigMap, cachedPod } from './cached-objects.ts';
import { writeFixture } from './fixture.ts';
import type { MicroSizes } from './micro-figures.ts';
import { queueWork } from './queue-work.ts';

const sizes: MicroSizes = {
  objects: 20,
  namespaces: 4,
  apps: 5,
  changes: 50,
  keys: 10,
  operations: 100,
  gets: 40,
  lists: 8,
};
const options = { index: 7, version: 3, namespace: 'namespace-7', app: 'app-7' };

describe('the small work', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'canaryop-bench-'));
    writeFixture(folder, sizes);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('goes through all of its fixture: every event comes to a handler, every read finds its objects', async () => {
    const { heapBytesPerObject, ...times } = await cacheWork(processEnv(), folder, sizes);
    expect(heapBytesPerObject).toEqual(expect.any(Number));
    expect(Object.values(times).map((value) => value > 0)).toEqual(Array(7).fill(true));
  });

  it('leaves no key in a queue', async () => {
    expect(Object.values(await queueWork(processEnv(), sizes)).every((value) => value > 0)).toBe(true);
  });

  it.each(['configmaps', 'pods'])('has %s that say the same at each writing', (resource) => {
    const bytes = (): string => readFileSync(join(folder, `${resource}-changes.jsonl`), 'utf8');
    const before = bytes();
    writeFixture(folder, sizes);
    expect(bytes()).toBe(before);
  });

  it('has ConfigMaps of 2 KB, managedFields aside, and Pods of more than that', () => {
    const sizeOf = (object: ReturnType<typeof cachedPod>): number => {
      const { managedFields: _, ...metadata } = object.metadata;
      return JSON.stringify({ ...object, metadata }).length;
    };
    expect(sizeOf(cachedConfigMap(options))).toBeCloseTo(2000, -2.5);
    expect(sizeOf(cachedPod(options))).toBeGreaterThan(2000);
  });
});
