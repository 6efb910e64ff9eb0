import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { builtFrom, type Build } from './built-program.ts';

const copied: Build = { tool: 'cp', args: (out) => ['source', out] };

describe('a program made of a folder', () => {
  let base: string;
  let folder: string;
  const told: string[] = [];
  const make = (build = copied): Promise<string> => builtFrom(folder, (line) => told.push(line), build);

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'built-'));
    vi.stubEnv('XDG_CACHE_HOME', join(base, 'cache'));
    folder = join(base, 'peer');
    mkdirSync(folder);
    writeFileSync(join(folder, 'source'), 'one');
    told.length = 0;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(base, { recursive: true });
  });

  it('is built once', async () => {
    const program = await make();
    expect(basename(program)).toBe('peer');
    expect(readFileSync(program, 'utf8')).toBe('one');
    expect(await make()).toBe(program);
    expect(told).toEqual(['building peer with cp, some minutes where its cache is cold']);
  });

  it('is built again when its sources change, or how it is built, and not for what a build leaves there', async () => {
    const first = await make();
    writeFileSync(join(folder, 'Cargo.lock'), 'made');
    expect(await make()).toBe(first);
    expect(await make({ ...copied, args: (out) => ['-p', 'source', out] })).not.toBe(first);
    writeFileSync(join(folder, 'source'), 'two');
    const second = await make();
    expect(second).not.toBe(first);
    expect(readFileSync(second, 'utf8')).toBe('two');
  });

  it('can take two commands and be left elsewhere, and what else they made is removed', async () => {
    const program = await make({
      tool: 'mkdir',
      args: (out) => [`${out}.target`],
      finish: (out) => ['cp', 'source', `${out}.target/it`],
      result: (out) => `${out}.target/it`,
    });
    expect(readFileSync(program, 'utf8')).toBe('one');
    expect(readdirSync(dirname(program))).toEqual(['peer']);
  });

  it('is refused with the tool that is missing, or with what it said', async () => {
    await expect(make({ ...copied, tool: 'no-such-tool' })).rejects.toThrow('no-such-tool is not on the PATH');
    const failing: Build = { tool: 'sh', args: (out) => ['-c', `echo half > ${out}; echo why; exit 3`] };
    await expect(make(failing)).rejects.toThrow(/sh ended with 3:\nwhy/u);
    // And half of it is not taken for the whole the next time.
    await expect(make(failing)).rejects.toThrow('why');
  });
});
