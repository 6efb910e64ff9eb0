import { builtProgram } from '../../programs/built-program.ts';
import type { Peer } from './peer.ts';

export const controllerRuntime: Peer = {
  name: 'controller-runtime',
  version: 'v0.25.2',
  modes: ['reconcile', 'reconcile-consistent'],
  hasCacheMode: true,
  async prepare(progress) {
    const program = await builtProgram('controller-runtime', progress, {
      tool: 'go',
      args: (out) => ['build', '-trimpath', '-ldflags', '-s -w', '-o', out, '.'],
      environment: { CGO_ENABLED: '0' },
    });
    return { program, args: [] };
  },
};
