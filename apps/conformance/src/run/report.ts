import type { Difference } from '../compare/difference.ts';
import type { Counts } from './counts.ts';
import type { Range, RunResult } from './run-sequences.ts';

/** What is told about a run as it goes, and at its end. */
export interface Report {
  readonly progress: (line: string) => void;
  /** A case that shows a difference, and where it was written. */
  difference(
    about: string,
    details: {
      readonly first: Difference | undefined;
      readonly operations: number;
      readonly path: string;
      readonly count: number;
    },
  ): void;
  end(
    range: Range,
    result: RunResult,
    about: { readonly counts: Counts; readonly version: string; readonly seconds: number },
  ): void;
}

type Write = (text: string) => void;

/** Lines for people: plain ones, so that they are readable in a log. */
export function textReport(write: Write): Report {
  return {
    progress: (line) => {
      write(`${line}\n`);
    },
    difference: (about, { first, operations, path, count }) => {
      write(`\nDIFFERENCE ${about} (${count} sequences)\n`);
      if (first !== undefined) {
        write(`  simkube  ${shown(first.simulated)}\n  real     ${shown(first.real)}\n`);
      }
      write(`  ${operations} operations: pnpm conformance --replay ${path}\n`);
    },
    end: (
      { sequences, seed },
      { findings, explanations, failed, simulatedMs, realMs },
      { counts, version, seconds },
    ) => {
      write(`\n${table('operations', counts.operations)}\n${table('kinds', counts.kinds)}\n`);
      if (explanations.size > 0) write(`${table('explained', [...explanations])}\n`);
      const rate = (ms: number): string => `${((sequences / Math.max(ms, 1)) * 60_000).toFixed(0)} a minute`;
      write(`seeds ${seed} to ${seed + sequences - 1} against ${version} in ${seconds.toFixed(0)} s: `);
      write(`${sequences - failed} of ${sequences} sequences agree, ${findings.length} kinds of differences\n`);
      write(`one after the other: simkube ${rate(simulatedMs)}, real ${rate(realMs)}\n`);
    },
  };
}

/** One JSON object a line. */
export function jsonReport(write: Write): Report {
  const line = (value: object): void => {
    write(`${JSON.stringify(value)}\n`);
  };
  return {
    progress: (text) => {
      line({ type: 'progress', text });
    },
    difference: (about, { first, operations, path, count }) => {
      line({ type: 'difference', about, count, operations, path, simulated: first?.simulated, real: first?.real });
    },
    end: ({ sequences, seed }, result, { counts, version, seconds }) => {
      line({
        type: 'result',
        seed,
        sequences,
        version,
        seconds,
        failed: result.failed,
        differences: result.findings.map(({ signature, count }) => ({ signature, count })),
        explained: Object.fromEntries(result.explanations),
        operations: Object.fromEntries(counts.operations),
        kinds: Object.fromEntries(counts.kinds),
      });
    },
  };
}

const widest = 400;

function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value).slice(0, widest);
}

function table(title: string, rows: readonly (readonly [string, number])[]): string {
  return `${title}: ${rows.map(([name, count]) => `${name} ${count}`).join(', ')}`;
}
