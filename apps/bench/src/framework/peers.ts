import { join } from 'node:path';

import type { Command } from '../measure/subject-process.ts';
import { builtProgram } from '../programs/built-program.ts';

/** An operator that does the benchmark's work on some library. */
export interface Peer {
  readonly name: string;
  /** Of the library that it is made with. */
  readonly version: string;
  /** Variants of the reconciling mode, the usual one first. */
  readonly modes: readonly string[];
  /** Whether it can also fill a cache and do nothing. */
  readonly hasCacheMode: boolean;
  /** Builds it, once. Rejects with why it cannot be had on this machine. */
  prepare(progress: (line: string) => void): Promise<Command>;
}

const root = join(import.meta.dirname, '../..');
const inDist = (script: string): Promise<Command> =>
  Promise.resolve({ program: process.execPath, args: [join(root, 'dist/framework', script)] });

/** Ours first, then the one to which all are compared. */
export const peers: readonly Peer[] = [
  {
    name: 'reconcile',
    version: 'this repository',
    modes: ['reconcile'],
    hasCacheMode: true,
    prepare: () => inDist('subject.js'),
  },
  {
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
  },
  {
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
  },
  {
    name: 'client-node',
    version: '2.0.1',
    modes: ['reconcile'],
    hasCacheMode: true,
    prepare: () => inDist('client-node-subject.js'),
  },
];
