import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A git repository in a temporary folder. */
export interface GitRepository {
  /** `file://` and its path. */
  readonly url: string;
  /** Ids of the commits, oldest first. There is one branch. */
  readonly revisions: readonly string[];
  /**
   * Writes files, each at its path in the repository, removes those whose text is undefined, and commits. Resolves with
   * the commit's id. Rejects when nothing changed. Calls wait for each other.
   */
  commit(message: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/** Nobody's settings but these; the commits have an author although the machine may know none. */
const settings = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

/**
 * Makes an empty repository. Needs git. The caller removes it.
 * @param parent where its folder is made. That of a control plane's scope goes with the control plane, whatever happens.
 */
export async function gitRepository(parent: string = tmpdir()): Promise<GitRepository> {
  const folder = await mkdtemp(join(parent, 'git-repository-'));
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...args], { cwd: folder, env: { ...process.env, ...settings } });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main');
  const revisions: string[] = [];
  const commit: GitRepository['commit'] = async (message, files) => {
    for (const [path, text] of Object.entries(files)) await put(join(folder, path), text);
    await git('add', '--all');
    if ((await git('status', '--porcelain')) === '') throw new Error(`nothing to commit as ${JSON.stringify(message)}`);
    await git('commit', '--quiet', '--message', message);
    const revision = await git('rev-parse', 'HEAD');
    revisions.push(revision);
    return revision;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    url: `file://${folder}`,
    revisions,
    commit: (message, files) => {
      const next = last.then(() => commit(message, files));
      last = next.catch(() => undefined);
      return next;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function put(file: string, text: string | undefined): Promise<void> {
  if (text === undefined) return rm(file);
  await mkdir(dirname(file), { recursive: true });
  return writeFile(file, text);
}
