import { join } from 'node:path';

import type { Command } from '../../measure/subject-process.ts';
import { builtProgram } from '../../programs/built-program.ts';
import { importMiB } from './measure-import.ts';
import type { MicroFigures } from './micro-figures.ts';

/** A library whose smallest pieces are measured by a program: `PROGRAM FIXTURE MODE`, one line of JSON. */
export interface MicroPeer {
  readonly name: string;
  readonly version: string;
  /** Kinds of client, the usual one first. */
  readonly modes: readonly string[];
  /** Builds it, once. Rejects with why it cannot be had on this machine. */
  prepare(progress: (line: string) => void): Promise<Command>;
  /** What its program cannot measure of itself. */
  besides?(): Promise<MicroFigures>;
}

const subject = join(import.meta.dirname, '../../../dist/framework/micro/micro-subject.js');

/** Ours, and the one to which it is compared. client-go is of the version that controller-runtime is built with. */
export const microPeers: readonly MicroPeer[] = [
  {
    name: 'reconcile',
    version: 'this repository',
    modes: ['typed'],
    prepare: () => Promise.resolve({ program: process.execPath, args: ['--expose-gc', subject] }),
    besides: async () => ({ importMiB: await importMiB() }),
  },
  {
    name: 'client-go',
    version: 'v0.37.0',
    modes: ['typed', 'unstructured'],
    async prepare(progress) {
      const program = await builtProgram('client-go', progress, {
        tool: 'go',
        args: (out) => ['build', '-trimpath', '-ldflags', '-s -w', '-o', out, '.'],
        environment: { CGO_ENABLED: '0' },
      });
      return { program, args: [] };
    },
  },
];
