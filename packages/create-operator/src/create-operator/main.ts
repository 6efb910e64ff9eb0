#!/usr/bin/env node
import { nodeVersionProblem } from '../node-version.ts';

const problem = nodeVersionProblem('create-operator', process.versions.node);
if (problem === undefined) {
  // Only now: a Node that is too old cannot even load what these import.
  const { runProgram } = await import('../commands/run-program.ts');
  const { createOperatorProgram } = await import('../commands/program.ts');
  process.exitCode = await runProgram(createOperatorProgram, process);
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
