import { builtProgram } from '../../programs/built-program.ts';
import type { Peer } from './peer.ts';

export const kubeRs: Peer = {
  name: 'kube-rs',
  version: '5.0.0',
  modes: ['reconcile'],
  hasCacheMode: true,
  async prepare(progress) {
    const program = await builtProgram('kube-rs', progress, {
      tool: 'cargo',
      args: (out) => ['build', '--release', '--target-dir', `${out}.target`],
      result: (out) => `${out}.target/release/bench-kube-rs`,
    });
    return { program, args: [] };
  },
};
