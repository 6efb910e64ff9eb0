#!/usr/bin/env node
import { runProgram } from '../commands/run-program.ts';
import { reconcileProgram } from '../commands/program.ts';

process.exitCode = await runProgram(reconcileProgram, process);
