import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile';
import { parseAllDocuments } from 'yaml';

/** The objects of an example's sample.yaml. */
export function samples(example: string): readonly KubernetesObject[] {
  const text = readFileSync(join(import.meta.dirname, example, 'sample.yaml'), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}
