/**
 * Imports an operator's module and sends its description to the parent: a process of its own each time, because Node
 * imports a module once in a process, and because what the module prints is not ours.
 */
import { pathToFileURL } from 'node:url';

import type { WebhookPlace } from '@canaryop/reconcile/webhook';

import { describeOperator, type OperatorDescription } from '../manifests/operator-description.ts';

/** What this process sends, once. */
export type DescribeAnswer =
  | { readonly description: OperatorDescription }
  | { readonly problem: string; readonly missingPackage?: string };

const [path = '', place = ''] = process.argv.slice(2);
const sent = await answer();
process.send?.(sent, () => process.disconnect?.());

async function answer(): Promise<DescribeAnswer> {
  try {
    const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
    return { description: describeOperator(module, JSON.parse(place) as WebhookPlace) };
  } catch (error) {
    if (!(error instanceof Error)) return { problem: String(error) };
    const missing = /^Cannot find package '(?<name>[^']+)'/u.exec(error.message)?.groups?.['name'];
    const isOurs = error.name === 'UsageError' || error.name === 'SchemaError';
    const problem = isOurs ? error.message : (error.stack ?? error.message);
    return { problem, ...(missing === undefined ? {} : { missingPackage: missing }) };
  }
}
