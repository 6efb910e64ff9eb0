import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile';
import { parseAllDocuments } from 'yaml';

/** The objects of an example's sample.yaml, as kubectl would apply them to the namespace default. */
export function samples(example: string): readonly KubernetesObject[] {
  const text = readFileSync(join(import.meta.dirname, example, 'sample.yaml'), 'utf8');
  return parseAllDocuments(text).map((document) => {
    const object = document.toJS() as KubernetesObject;
    return { ...object, metadata: { namespace: 'default', ...object.metadata } };
  });
}
