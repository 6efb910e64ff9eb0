import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig in a folder of its own, which only this user may read. */
export interface KubeconfigFile {
  readonly path: string;
  /** Synchronous, for the last moment of a process. */
  remove(): void;
}

/** Writes a kubeconfig; it holds the key of an administrator. */
export function writeKubeconfig(text: string): KubeconfigFile {
  const folder = mkdtempSync(join(tmpdir(), 'canaryop-sandbox-'));
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, text, { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
