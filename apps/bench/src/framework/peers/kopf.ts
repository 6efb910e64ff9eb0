import { join } from 'node:path';

import { builtProgram, sourcesOf } from '../../programs/built-program.ts';
import type { Peer } from './peer.ts';

export const kopf: Peer = {
  name: 'kopf',
  version: '1.44.6',
  modes: ['reconcile'],
  hasCacheMode: true,
  async prepare(progress) {
    const environment = await builtProgram('kopf', progress, {
      tool: 'python3',
      args: (out) => ['-m', 'venv', out],
      finish: (out) => [
        join(out, 'bin/python'),
        '-m',
        'pip',
        'install',
        '--require-hashes',
        '--only-binary=:all:',
        '--requirement',
        'requirements.txt',
      ],
    });
    return { program: join(environment, 'bin/python'), args: [join(sourcesOf('kopf'), 'main.py')] };
  },
};
