import { UsageError } from '../usage-error.ts';

/** One thing to put before a marker. */
export interface Insertion {
  /** `imports`, for `+reconcile:scaffold:imports`. */
  readonly marker: string;
  readonly lines: readonly string[];
}

/**
 * The text with lines put before its markers, as far indented as they are. Lines that are there already stay as they
 * are. Throws `UsageError` when a marker is gone, and says how to go on.
 */
export function insertAtMarkers(path: string, text: string, insertions: readonly Insertion[]): string {
  return insertions.reduce((current, insertion) => insertAtMarker(path, current, insertion), text);
}

function insertAtMarker(path: string, text: string, { marker, lines }: Insertion): string {
  const all = text.split('\n');
  const missing = lines.filter((line) => all.every((present) => present.trim() !== line));
  if (missing.length === 0) return text;
  const at = all.findIndex((line) => line.endsWith(`+reconcile:scaffold:${marker}`));
  const found = all[at];
  if (found === undefined) {
    throw new UsageError(
      `${path} has no line \`+reconcile:scaffold:${marker}\`, before which this belongs:\n` +
        `${missing.map((line) => `  ${line}`).join('\n')}\n` +
        'Add the line yourself, or put the marker back, and run the command again.',
    );
  }
  const indent = /^\s*/u.exec(found)?.[0] ?? '';
  return all.toSpliced(at, 0, ...missing.map((line) => `${indent}${line}`)).join('\n');
}
