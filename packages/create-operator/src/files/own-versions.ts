import { readFileSync } from 'node:fs';

import type { Versions } from '../plan/package-json.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** What a new project begins with: this release, and the compiler that its templates were checked with. */
export const versions: Versions = { own: manifest.version, typescript: '^7.0.2', nodeTypes: '^26.6.6' };
