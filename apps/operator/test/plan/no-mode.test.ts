import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../src/rollout');
const files = globSync('**/*.ts', { cwd: folder }).filter((name) => !name.endsWith('.test.ts'));

/** Fields of a spec by which modes are chosen, and what modes are made of. */
const modes =
  /istio|VirtualService|HTTPRoute|gateway|targetRef|canaryPod|DeploymentConfig|traffic\??\.router|spec\.image\b/iu;

describe('what decides', () => {
  it('is read as a whole', () => {
    expect(files).toEqual(expect.arrayContaining(['plan.ts', 'decide.ts', join('stages', 'shifting.ts')]));
  });

  it.each(files)('names no mode: %s', (name) => {
    const code = readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/gu, '');
    expect(modes.exec(code)?.[0]).toBeUndefined();
  });
});
