import { mkdtemp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { carryOut } from './carry-out.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'carry-out-'));
});
afterEach(() => rm(root, { recursive: true }));

const careful = { force: false };
const textOf = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
const everything = async (): Promise<readonly string[]> => (await readdir(root, { recursive: true })).toSorted();

describe('a plan', () => {
  it('is carried out as a whole, and tells what has changed', async () => {
    await writeFile(join(root, 'same'), 'as it is');
    const plan = [
      { path: 'a/b/new', content: 'text' },
      { path: 'same', content: 'as it is' },
    ];
    expect(await carryOut(root, plan, careful)).toEqual(['a/b/new']);
    expect(await textOf('a/b/new')).toBe('text');
    expect(await carryOut(root, plan, careful)).toEqual([]);
  });

  it('that would overwrite what is there does nothing, and names all of it', async () => {
    await writeFile(join(root, 'one'), "the user's");
    await writeFile(join(root, 'two'), "the user's");
    const plan = ['new', 'one', 'two'].map((path) => ({ path, content: 'ours' }));
    await expect(carryOut(root, plan, careful)).rejects.toThrow(/nothing was written:\n {2}one\n {2}two\n.*--force/u);
    expect(await everything()).toEqual(['one', 'two']);
    expect(await textOf('one')).toBe("the user's");
    expect(await carryOut(root, plan, { force: true })).toEqual(['new', 'one', 'two']);
    expect(await textOf('one')).toBe('ours');
  });

  it('replaces and removes what it was made for, and nothing that changed since', async () => {
    await writeFile(join(root, 'one'), 'before');
    await writeFile(join(root, 'two'), 'before');
    const plan = [
      { path: 'one', content: 'after', replaces: 'before' },
      { path: 'two', content: undefined, replaces: 'before' },
    ];
    await writeFile(join(root, 'two'), 'edited');
    await expect(carryOut(root, plan, careful)).rejects.toThrow('  two\n');
    expect(await textOf('one')).toBe('before');
    await writeFile(join(root, 'two'), 'before');
    expect(await carryOut(root, plan, careful)).toEqual(['one', 'two']);
    expect(await everything()).toEqual(['one']);
    expect(await textOf('one')).toBe('after');
  });

  it('that fails in the middle leaves everything as it was', async () => {
    await writeFile(join(root, 'one'), 'before');
    await writeFile(join(root, 'two'), 'before');
    await mkdir(join(root, 'here'));
    // Passes for a file that is not there, until it is written.
    await symlink(join(root, 'nowhere/file'), join(root, 'link'));
    const plan = [
      { path: 'one', content: 'after', replaces: 'before' },
      { path: 'two', content: undefined, replaces: 'before' },
      { path: 'a/b/c', content: 'new' },
      { path: 'here/a/b', content: 'new' },
      { path: 'link', content: 'new' },
    ];
    await expect(carryOut(root, plan, careful)).rejects.toThrow('EEXIST');
    expect(await everything()).toEqual(['here', 'link', 'one', 'two']);
    expect([await textOf('one'), await textOf('two')]).toEqual(['before', 'before']);
  });
});
