import type { OperatorDescription } from '../manifests/operator-description.ts';
import { operatorFile } from '../plan/plan-api.ts';

/** What came of importing an operator's module, as one process tells it to another. */
export type DescribeAnswer = { readonly description: OperatorDescription } | LoadProblem;

/** Why a module cannot be loaded. */
export interface LoadProblem {
  readonly problem: string;
  readonly missingPackage?: string;
}

/** What an import, or a description, has thrown. */
export function loadProblem(error: unknown): LoadProblem {
  if (!(error instanceof Error)) return { problem: String(error) };
  const missing = /^Cannot find package '(?<name>[^']+)'/u.exec(error.message)?.groups?.['name'];
  const isOurs = error.name === 'UsageError' || error.name === 'SchemaError';
  const problem = isOurs ? error.message : (error.stack ?? error.message);
  return { problem, ...(missing === undefined ? {} : { missingPackage: missing }) };
}

/** The same for people. */
export function problemText({ problem, missingPackage }: LoadProblem): string {
  return missingPackage === undefined
    ? `${operatorFile} cannot be loaded: ${problem}`
    : `the package ${missingPackage} is not installed: run \`npm install\` first`;
}
