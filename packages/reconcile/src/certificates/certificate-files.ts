import { readFile } from 'node:fs/promises';

import type { Certificate } from './certificate.ts';

/** Reads a certificate and its key, both PEM, each time it is called: a mounted Secret is renewed in place. */
export function certificateFiles(paths: { readonly cert: string; readonly key: string }): () => Promise<Certificate> {
  return async () => {
    const [cert, key] = await Promise.all([readFile(paths.cert, 'utf8'), readFile(paths.key, 'utf8')]);
    return { cert, key };
  };
}
