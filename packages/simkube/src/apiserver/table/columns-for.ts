import type { PrinterColumn, ServedResource } from '../registry/served-resource.ts';
import { ageText } from './age.ts';
import { createdAtColumn, nameColumn, type Cell, type Column } from './column.ts';
import { coreColumns } from './core-columns.ts';
import { compileJsonPath } from './json-path.ts';
import { policyColumns } from './policy-columns.ts';
import { workloadColumns } from './workload-columns.ts';

const builtin: Readonly<Record<string, readonly Column[]>> = { ...coreColumns, ...workloadColumns, ...policyColumns };

/** The columns of a resource: those of its CRD, those that a real server has for a built-in kind, or the plain two. */
export function columnsFor(resource: ServedResource): readonly Column[] {
  if (resource.custom !== undefined) return [nameColumn, ...resource.custom.columns.map(customColumn)];
  return (Object.hasOwn(builtin, resource.kind) ? builtin[resource.kind] : undefined) ?? [nameColumn, createdAtColumn];
}

function customColumn(column: PrinterColumn): Column {
  const find = compileJsonPath(column.jsonPath);
  return {
    name: column.name,
    type: column.type,
    format: column.format,
    description: column.description ?? `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
    priority: column.priority,
    cell: (object, now) => {
      const found = find?.(object) ?? [];
      return column.type === 'date' ? dateCell(found, now) : valueCell(found, column.type);
    },
  };
}

/** Ages are computed by the server; a missing date stays empty. */
function dateCell(found: readonly unknown[], now: number): Cell {
  const [value] = found;
  return typeof value === 'string' ? ageText(value, now) : null;
}

function valueCell(found: readonly unknown[], type: string): Cell {
  const [value] = found;
  if (value === undefined || value === null) return null;
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  // Of several results a real server shows the first.
  return cellText(value);
}

function cellText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
