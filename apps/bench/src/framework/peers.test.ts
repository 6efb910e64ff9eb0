import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { peers } from './peers.ts';

describe('the peers of the library', () => {
  let empty = '';
  beforeEach(() => {
    empty = mkdtempSync(join(tmpdir(), 'canaryop-bench-'));
    vi.stubEnv('PATH', empty);
    vi.stubEnv('XDG_CACHE_HOME', empty);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(empty, { recursive: true });
  });

  it.each([
    ['controller-runtime', 'go'],
    ['kube-rs', 'cargo'],
    ['kopf', 'python3'],
    ['java-operator-sdk', 'java'],
  ])('%s says that %s is missing where it is', async (name, tool) => {
    const peer = peers.find((each) => each.name === name);
    await expect(peer?.prepare(() => undefined)).rejects.toThrow(`${tool} is not on the PATH`);
  });

  it.each(['reconcile', 'client-node', 'k8s-operator'])('%s needs nothing but this Node', async (name) => {
    const peer = peers.find((each) => each.name === name);
    expect((await peer?.prepare(() => undefined))?.program).toBe(process.execPath);
  });
});
