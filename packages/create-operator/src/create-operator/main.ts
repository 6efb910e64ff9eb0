#!/usr/bin/env node
import { runProgram } from '../commands/run-program.ts';
import { createOperatorProgram } from '../commands/program.ts';

process.exitCode = await runProgram(createOperatorProgram, process);
