import type { FigureRow } from './figure-row.ts';

/**
 * The rows as a table of Markdown: medians, with minimum and maximum where runs differ.
 * @param comparedWith to whom the last column's ratios are
 */
export function markdownTable(rows: readonly FigureRow[], comparedWith: string): string {
  const names = [...new Set(rows.flatMap(({ values, unfinished }) => Object.keys({ ...values, ...unfinished })))];
  const lines = rows.map((row) => {
    const cells = names.map((name) => cellOf(row, name));
    return `| ${[row.unit === '' ? row.figure : `${row.figure}, ${row.unit}`, ...cells, verdictOf(row)].join(' | ')} |`;
  });
  return [`| | ${names.join(' | ')} | ours to ${comparedWith} |`, `|---|${'---|'.repeat(names.length + 1)}`, ...lines]
    .map((line) => `${line}\n`)
    .join('');
}

function cellOf({ values, unfinished, unit }: FigureRow, name: string): string {
  const spread = values[name];
  const missing = unfinished[name] ?? 0;
  if (spread === undefined) return missing > 0 ? 'did not finish' : '';
  const { minimum, median, maximum } = spread;
  const range = minimum === maximum ? '' : ` (${rounded(minimum, unit)} to ${rounded(maximum, unit)})`;
  return `${rounded(median, unit)}${range}${missing > 0 ? `, ${missing} did not finish` : ''}`;
}

function verdictOf({ unit, ratio, goal, isAbsolute, isReached }: FigureRow): string {
  const text = ratio === undefined ? '' : ratio.toFixed(2);
  if (goal === undefined) return text;
  const wanted = isAbsolute === true ? `at most ${goal} ${unit}`.trim() : `at most ${goal}`;
  const missed = isReached === false ? ', **missed**' : '';
  return `${text} (${wanted}${missed})`.trim();
}

function rounded(value: number, unit: string): string {
  if (unit === '') return String(Math.round(value));
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
