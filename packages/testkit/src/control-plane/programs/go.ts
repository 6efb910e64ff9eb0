import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { ModuleFamily } from './program.ts';

const run = promisify(execFile);

/** Settings of the user's that would change what is built, or where modules are found. The proxy stays the user's. */
export const goEnvironment = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' } as const;

/** Where the go.mod of a family is. The folder is beside `src` and `dist`, which are equally deep. */
export function familyFolder(family: ModuleFamily): string {
  return join(import.meta.dirname, '../../../control-plane', family);
}

/** There is no Go on this machine. */
export class NoGoError extends Error {
  override readonly name = 'NoGoError';
}

/** Runs `go` in the folder of a family and returns what it printed. Rejects with what it said, or a `NoGoError`. */
export async function go(family: ModuleFamily, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('go', [...args], {
      cwd: familyFolder(family),
      env: { ...process.env, ...goEnvironment },
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isMissing ? new NoGoError(`go ${args.join(' ')}: go is not on the PATH; install Go 1.26 or newer`) : error;
  }
}

/** Version of a module in a family, `v1.36.3`. */
export function moduleVersion(family: ModuleFamily, module: string): Promise<string> {
  return go(family, ['list', '-m', '-f', '{{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}', module]);
}

/**
 * Folder of a module's files in Go's module cache, downloaded when it is not there. For files that are read where they
 * are instead of copied into a repository: CRDs, stages.
 */
export async function moduleFolder(family: ModuleFamily, module: string): Promise<string> {
  const answer = await go(family, ['mod', 'download', '-json', await pathInBuild(family, module)]);
  const { Dir: folder } = JSON.parse(answer) as { Dir?: string };
  if (folder === undefined) throw new Error(`go has no files of module ${module}: ${answer}`);
  return folder;
}

/** `module@version` as it is built, after `replace`. */
function pathInBuild(family: ModuleFamily, module: string): Promise<string> {
  const format = '{{with .Replace}}{{.Path}}@{{.Version}}{{else}}{{.Path}}@{{.Version}}{{end}}';
  return go(family, ['list', '-m', '-f', format, module]);
}
