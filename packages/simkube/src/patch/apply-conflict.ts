import { fieldPaths } from './field-set.ts';
import type { ManagerFields } from './managed-fields.ts';
import type { Contested } from './ownership.ts';

/** One field that another manager owns with another value. */
export interface ApplyConflict {
  /** For instance `conflict with "kubectl-client-side-apply" using apps/v1`; the message of a Status cause. */
  readonly message: string;
  /** For instance `.spec.replicas`. */
  readonly field: string;
}

/** Lists conflicts for the causes of a 409 Status (reason `FieldManagerConflict`). */
export function applyConflicts(contested: readonly Contested[]): readonly ApplyConflict[] {
  return contested.flatMap(({ manager, fields }) =>
    fieldPaths(fields).map((field) => ({ message: `conflict with ${managerText(manager)}`, field })),
  );
}

/** The message of that Status, in kube-apiserver's words. */
export function applyConflictMessage(contested: readonly Contested[]): string {
  const conflicts = applyConflicts(contested);
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: ${first.message}: ${first.field}`;
  }
  const groups = contested
    .toSorted((a, b) => (identityText(a.manager) < identityText(b.manager) ? -1 : 1))
    .map(({ manager, fields }) =>
      [`conflicts with ${managerText(manager)}:`, ...fieldPaths(fields).map((path) => `- ${path}`)].join('\n'),
    );
  return `Apply failed with ${conflicts.length} conflicts: ${groups.join('\n')}`;
}

function managerText(entry: ManagerFields): string {
  const name = JSON.stringify(entry.manager);
  const subresource = entry.subresource === '' ? '' : ` with subresource ${JSON.stringify(entry.subresource)}`;
  return entry.operation === 'Update' ? `${name}${subresource} using ${entry.apiVersion}` : `${name}${subresource}`;
}

function identityText(entry: ManagerFields): string {
  return `${entry.manager} ${entry.operation} ${entry.apiVersion} ${entry.subresource}`;
}
