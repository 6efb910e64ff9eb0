import { join } from 'node:path';

/** What kube-apiserver made of a story (`scripts/record-webhooks.ts`). */
export const recordedFile = (story: string): string => join(import.meta.dirname, 'recorded', `${story}.json`);
