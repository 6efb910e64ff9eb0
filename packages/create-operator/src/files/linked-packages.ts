import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LinkedPackage } from '../plan/package-json.ts';
import { UsageError } from '../usage-error.ts';

const needed = ['create-operator', 'reconcile', 'simkube', 'testkit'];

/**
 * The packed packages of this repository in a folder, as `pnpm pack:packages` leaves them there. Rejects with
 * `UsageError` when one is missing, or is there in more than one version.
 */
export async function readLinkedPackages(
  folder: string,
): Promise<readonly (LinkedPackage & { readonly content: Uint8Array })[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new UsageError(`--link ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  });
  const linked = [];
  for (const name of needed) {
    const pattern = new RegExp(`^canaryop-${name}-(?<version>\\d.*)\\.tgz$`, 'u');
    const matches = files.filter((file) => pattern.test(file));
    const [file] = matches;
    if (file === undefined || matches.length > 1) {
      throw new UsageError(
        `--link ${folder}: it must have exactly one canaryop-${name}-VERSION.tgz, and has ${matches.length}; ` +
          'make it with `pnpm pack:packages` in the repository of these packages',
      );
    }
    const version = pattern.exec(file)?.groups?.['version'] ?? '';
    linked.push({ name: `@canaryop/${name}`, version, file, content: await readFile(join(folder, file)) });
  }
  return linked;
}
