import { isObject, textOf, type Json, type JsonObject } from '../sequence/operation.ts';

/** Ages and, of events, times: they follow from when a server was asked. */
const ageColumns = new Set(['Age', 'Last Seen', 'First Seen', 'Last Schedule', 'Duration']);

/** A Table without descriptions of its columns, which are documentation, and without ages. */
export function shownTable(table: JsonObject): JsonObject {
  const columns = list(table['columnDefinitions']).filter(isObject);
  const rows = list(table['rows']).filter(isObject);
  const isAge = columns.map(({ name }) => ageColumns.has(textOf(name)));
  return {
    ...table,
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name: name ?? '',
      type: type ?? '',
      priority: priority ?? 0,
    })),
    rows: rows.map((row) => ({
      ...row,
      cells: list(row['cells']).map((cell, at) => (isAge[at] === true || isAgeText(cell) ? 'age' : cell)),
    })),
  };
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Rows of a watch come without the columns that say which cell is an age. */
function isAgeText(cell: Json): boolean {
  return typeof cell === 'string' && /^(?:\d+[smhdy])+$/u.test(cell);
}
