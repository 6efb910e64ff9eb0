import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a kubeconfig for as long as `use` takes. */
export async function withKubeconfig<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'canaryop-bench-'));
  try {
    const path = join(directory, 'kubeconfig');
    writeFileSync(path, text);
    return await use(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
