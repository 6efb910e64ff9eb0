#!/usr/bin/env node
import { nodeVersionProblem } from '../node-version.ts';

const problem = nodeVersionProblem('reconcile', process.versions.node);
if (problem === undefined) {
  // Only now: a Node that is too old cannot even load what these import.
  const { runProgram } = await import('../commands/run-program.ts');
  const { reconcileProgram } = await import('../commands/program.ts');
  process.exitCode = await runProgram(reconcileProgram, process);
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
