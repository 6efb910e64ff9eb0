import { markdownTable } from '../figures/markdown-table.ts';
import type { BenchmarkRecord } from './benchmark-record.ts';
import { absences } from './section.ts';
import { docsFolder, writeDocument } from './write-document.ts';

/** Where a measurement goes beside the standard output. */
export interface TellOptions {
  /** As one line of JSON instead of tables. */
  readonly json: boolean;
  /** Into the documentation too. */
  readonly write: boolean;
}

/** Tells what was measured, and why something was not. @param print a line or more, without the last end of line */
export function tellRecord(record: BenchmarkRecord, { json, write }: TellOptions, print: (text: string) => void): void {
  if (write) writeDocument(docsFolder, record);
  if (json) print(JSON.stringify(record));
  else {
    for (const { title, rows, comparedWith } of record.tables)
      print(`${title}\n\n${markdownTable(rows, comparedWith)}`);
    for (const fact of absences(record)) print(`- ${fact}`);
  }
}
