import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { WebhookPlace } from '@canaryop/reconcile/webhook';

import type { OperatorDescription } from '../manifests/operator-description.ts';
import { operatorFile } from '../plan/plan-api.ts';
import { UsageError } from '../usage-error.ts';
import { problemText, type DescribeAnswer } from './describe-answer.ts';

/** `main.ts` here, `main.js` when built. */
const program = fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));

/** The Service of config/webhook, before kustomize gives it its names. */
export const scaffoldedPlace: WebhookPlace = { service: { namespace: 'system', name: 'webhook-service' } };

/** Describes the operator of a project, in a new process. Rejects with `UsageError` when its module cannot be loaded. */
export async function loadDescription(
  root: string,
  place: WebhookPlace = scaffoldedPlace,
): Promise<OperatorDescription> {
  const path = join(root, operatorFile);
  if (!existsSync(path)) throw new UsageError(`there is no ${operatorFile} in ${root}: run this in a project`);
  const answer = await ask(root, [path, JSON.stringify(place)]);
  if ('description' in answer) return answer.description;
  throw new UsageError(problemText(answer));
}

function ask(cwd: string, args: readonly [path: string, place: string]): Promise<DescribeAnswer> {
  return new Promise((resolve, reject) => {
    // What the module prints goes where errors go: standard output is for answers.
    const child = fork(program, args, { cwd, stdio: ['ignore', 2, 2, 'ipc'] });
    child.once('message', (answer) => {
      resolve(answer as DescribeAnswer);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new UsageError(`${args[0]} ended the process with code ${String(code)} while it was imported`));
    });
  });
}
