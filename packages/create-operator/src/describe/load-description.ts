import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { OperatorDescription } from '../manifests/operator-description.ts';
import { operatorFile } from '../plan/plan-api.ts';
import { UsageError } from '../usage-error.ts';
import type { DescribeAnswer } from './main.ts';

/** `main.ts` here, `main.js` when built. */
const program = fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));

/** Describes the operator of a project, in a new process. Rejects with `UsageError` when its module cannot be loaded. */
export async function loadDescription(
  root: string,
  execArgv: readonly string[] = process.execArgv,
): Promise<OperatorDescription> {
  const path = join(root, operatorFile);
  if (!existsSync(path)) throw new UsageError(`there is no ${operatorFile} in ${root}: run this in a project`);
  const answer = await ask(path, root, execArgv);
  if ('description' in answer) return answer.description;
  if (answer.missingPackage !== undefined) {
    throw new UsageError(`the package ${answer.missingPackage} is not installed: run \`npm install\` first`);
  }
  throw new UsageError(`${operatorFile} cannot be loaded: ${answer.problem}`);
}

function ask(path: string, cwd: string, execArgv: readonly string[]): Promise<DescribeAnswer> {
  return new Promise((resolve, reject) => {
    // What the module prints goes where errors go: standard output is for answers.
    const child = fork(program, [path], { cwd, execArgv: [...execArgv], stdio: ['ignore', 2, 2, 'ipc'] });
    child.once('message', (answer) => {
      resolve(answer as DescribeAnswer);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new UsageError(`${path} ended the process with code ${String(code)} while it was imported`));
    });
  });
}
