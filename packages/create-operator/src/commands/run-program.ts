import { CommanderError, type Command } from 'commander';

import { UsageError } from '../usage-error.ts';
import type { Io } from './io.ts';

/** What a program needs of its process. */
interface ProgramProcess {
  readonly argv: readonly string[];
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  cwd(): string;
}

/** Runs a program, and resolves with its exit code: 0, or 1 when what was asked for cannot be done. */
export async function runProgram(programOf: (io: Io) => Command, process: ProgramProcess): Promise<number> {
  const io: Io = { cwd: process.cwd(), out: (line) => process.stdout.write(`${line}\n`) };
  const program = programOf(io);
  speakThrough(program, process);
  try {
    await program.parseAsync([...process.argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(
      process.argv.includes('--json')
        ? `${JSON.stringify({ error: error.message })}\n`
        : `${program.name()}: ${error.message}\n`,
    );
    return 1;
  }
}

/** Commander writes of itself: help, and what is wrong with the arguments. */
function speakThrough(command: Command, streams: Pick<ProgramProcess, 'stdout' | 'stderr'>): void {
  const { stdout, stderr } = streams;
  command.configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
  });
  for (const subcommand of command.commands) speakThrough(subcommand, streams);
}
