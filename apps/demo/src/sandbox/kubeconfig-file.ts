import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig in a folder of its own, which only this user may read. */
export interface KubeconfigFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Writes a kubeconfig; it holds the key of an administrator. */
export async function writeKubeconfig(text: string): Promise<KubeconfigFile> {
  const folder = await mkdtemp(join(tmpdir(), 'canaryop-sandbox-'));
  const path = join(folder, 'kubeconfig');
  await writeFile(path, text, { mode: 0o600 });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
