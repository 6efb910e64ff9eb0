import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { differences } from '../src/compare/difference.ts';
import { simkubeServer } from '../src/play/simkube-server.ts';
import { caseFiles, readCase } from '../src/run/case-file.ts';
import { playSimulated, sorted } from '../src/run/judge.ts';

/** Each was a difference once; the expected answers are those of the real server that is named in it. */
const files = await caseFiles(join(import.meta.dirname, 'fixtures'));

describe('simkube answers as kube-apiserver did', () => {
  it('to every recorded case, of which there are some', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files.map((file) => [file.slice(file.lastIndexOf('/') + 1), file]))('%s', async (_, file) => {
    const { sequence, expected } = await readCase(file);
    const answered = await playSimulated(sequence, await simkubeServer(sequence.seed), 'q1');
    expect(sorted(differences(sequence, answered, expected), sequence).unexplained).toEqual([]);
  });
});
