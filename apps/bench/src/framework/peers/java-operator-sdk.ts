import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { builtProgram } from '../../programs/built-program.ts';
import type { Peer } from './peer.ts';

export const javaOperatorSdk: Peer = {
  name: 'java-operator-sdk',
  version: '5.3.2',
  modes: ['reconcile'],
  hasCacheMode: true,
  async prepare(progress) {
    if (spawnSync('java', ['-version']).error !== undefined) throw new Error('java is not on the PATH');
    const jars = await builtProgram('java-operator-sdk', progress, {
      tool: 'mvn',
      args: (out) => ['--batch-mode', '--quiet', 'package', `-Dout=${out}`],
    });
    // A JVM takes up to a quarter of the memory: here what it would in a pod with a limit of 2 GiB.
    return { program: 'java', args: ['-Xmx512m', '-cp', join(jars, '*'), 'canaryop.bench.Main'] };
  },
};
