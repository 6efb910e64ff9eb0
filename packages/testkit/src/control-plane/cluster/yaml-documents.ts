import { readFile } from 'node:fs/promises';

import { parseAllDocuments } from 'yaml';

/** The objects of a YAML file, without empty documents. Rejects with the first error of syntax. */
export async function readYamlDocuments(path: string): Promise<readonly unknown[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'));
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${path}: ${error.message}`);
    const object: unknown = document.toJS();
    return object === null ? [] : [object];
  });
}
