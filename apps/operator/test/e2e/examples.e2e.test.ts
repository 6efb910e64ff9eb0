import { join } from 'node:path';

import { describe, it } from 'vitest';

import { exampleFolders } from '../manifests/manifest-files.ts';
import { fileStage } from './stage/file-stage.ts';

const stage = fileStage();
const root = join(import.meta.dirname, '../../../..');

describe.concurrent('the examples', () => {
  it.for(exampleFolders())('%s are taken by a real API server, field by field', async (folder, { expect }) => {
    const { namespace } = (await stage.app(`e2e-example-${folder}`)).key;
    const { code, stdout, stderr } = await stage.cluster.tryKubectl([
      '-n',
      namespace,
      'apply',
      '--dry-run=server',
      '--validate=strict',
      '-f',
      join(root, 'examples', folder),
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('canaryapp.canary.atze.io/');
  });
});
