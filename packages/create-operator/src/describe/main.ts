/**
 * Imports an operator's module and sends its description to the parent: a process of its own each time, because Node
 * imports a module once in a process, and because what the module prints is not ours.
 */
import { pathToFileURL } from 'node:url';

import type { WebhookPlace } from '@canaryop/reconcile/webhook';

import { describeOperator } from '../manifests/operator-description.ts';
import { loadProblem, type DescribeAnswer } from './describe-answer.ts';

const [path = '', place = ''] = process.argv.slice(2);
const sent = await answer();
process.send?.(sent, () => process.disconnect?.());

async function answer(): Promise<DescribeAnswer> {
  try {
    const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
    return { description: describeOperator(module, JSON.parse(place) as WebhookPlace) };
  } catch (error) {
    return loadProblem(error);
  }
}
