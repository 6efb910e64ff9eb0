import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Bench } from '../../benchmark.ts';
import type { Command } from '../../measure/subject-process.ts';
import { writeFixture } from './fixture.ts';
import type { MicroFigures, MicroSizes } from './micro-figures.ts';

/** The fixture in a folder of its own, for one program after another. */
export class MicroBench {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static start({ progress }: Bench, sizes: MicroSizes): MicroBench {
    progress(`a fixture of ${sizes.objects} ConfigMaps and Pods and ${sizes.changes} changes of each is written`);
    const folder = mkdtempSync(join(tmpdir(), 'canaryop-bench-'));
    writeFixture(folder, sizes);
    return new MicroBench(folder);
  }

  /** Runs a program to its end. Rejects with what it wrote to standard error when it fails. */
  async measure({ program, args }: Command, mode: string): Promise<MicroFigures> {
    const { stdout } = await promisify(execFile)(program, [...args, this.#folder, mode]);
    return JSON.parse(stdout) as MicroFigures;
  }

  stop(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
