import { readFileSync } from 'node:fs';

import type { ReadTemplate } from '../plan/template.ts';

/** templates/ lies beside src/ and beside dist/. */
const folder = new URL('../../templates/', import.meta.url);

/** Reads templates of this package. */
export const readTemplate: ReadTemplate = (path) => readFileSync(new URL(path, folder), 'utf8');
