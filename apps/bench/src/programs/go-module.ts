import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Command } from '../measure/subject-process.ts';
import { builtFrom, cacheFolder } from './built-program.ts';

const run = promisify(execFile);

/** A program that is released as a Go module. */
export interface GoProgram {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Of all the module's files, as a go.sum would have it: what is measured is what was released. */
  readonly sum: string;
  /** Below the module. */
  readonly package: string;
}

/** A program that was built, and the files that it was built from, its CRDs among them. */
export interface BuiltModule {
  readonly command: Command;
  readonly source: string;
}

/** Builds it with the dependencies that its own go.mod names. Rejects where there is no Go, or the sum is another. */
export async function builtModule(wanted: GoProgram, progress: (line: string) => void): Promise<BuiltModule> {
  const source = await moduleSource(wanted);
  const folder = join(cacheFolder(), 'modules', wanted.name);
  await mkdir(folder, { recursive: true });
  const modfile = join(folder, 'go.mod');
  await writeFile(modfile, anyPatchRelease(await readFile(join(source, 'go.mod'), 'utf8')));
  await writeFile(join(folder, 'go.sum'), await readFile(join(source, 'go.sum')));
  const program = await builtFrom(folder, progress, {
    tool: 'go',
    args: (out) =>
      ['-C', source, 'build', `-modfile=${modfile}`, '-trimpath', '-ldflags', '-s -w'].concat([
        '-o',
        out,
        `./${wanted.package}`,
      ]),
    environment: { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
  });
  return { command: { program, args: [] }, source };
}

/** Any patch release of a Go version has the same language and library; a go.mod that asks for a late one is content with any. */
export function anyPatchRelease(goMod: string): string {
  return goMod.replace(/^(go \d+\.\d+)\.\d+$/mu, '$1.0').replace(/^toolchain .*\n/mu, '');
}

interface Downloaded {
  readonly Sum?: string;
  readonly Error?: string;
}

async function moduleSource({ module, version, sum }: GoProgram): Promise<string> {
  const downloaded = await download(`${module}@${version}`);
  if (downloaded.Sum !== sum)
    throw new Error(
      `${module}@${version}: ${downloaded.Error ?? `the sum is ${downloaded.Sum}, and should be ${sum}`}`,
    );
  const { stdout } = await run('go', ['env', 'GOMODCACHE']);
  return join(stdout.trim(), `${module}@${version}`);
}

/** It is unpacked before Go says that it wants a later Go. */
async function download(what: string): Promise<Downloaded> {
  const environment = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  // Away from any go.mod.
  const options = { cwd: cacheFolder(), env: environment };
  const output = await run('go', ['mod', 'download', '-json', what], options).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error && error.stdout !== '') return error as { stdout?: string };
    throw new Error('go is not on the PATH');
  });
  return JSON.parse(output.stdout ?? '{}') as Downloaded;
}
