import type { Benchmark, Figure } from './benchmark.ts';
import type { Machine } from './measure/machine.ts';

/** Where a run's results go. */
export interface Report {
  machine(machine: Machine): void;
  begin(benchmark: Benchmark): void;
  progress(benchmark: Benchmark, text: string): void;
  end(benchmark: Benchmark, figures: readonly Figure[]): void;
}

/** Lines for people. */
export function textReport(write: (text: string) => void): Report {
  return {
    machine: ({ cpu, cores, memoryGiB, node, load }) =>
      write(`${cores} x ${cpu}, ${memoryGiB} GiB, Node ${node}, load ${load.toFixed(1)} at the start\n`),
    begin: ({ name, measures }) => write(`\n${name}: ${measures}\n`),
    progress: (_, text) => write(`  ... ${text}\n`),
    end: (_, figures) => {
      for (const figure of figures) write(`  ${figure.what.padEnd(width(figures))}  ${figureText(figure)}\n`);
    },
  };
}

/** One JSON object a line: `progress` while it runs, `result` at the end of each benchmark. */
export function jsonReport(write: (text: string) => void): Report {
  const line = (value: object): void => write(`${JSON.stringify(value)}\n`);
  return {
    machine: (machine) => line({ machine }),
    begin: ({ name, measures }) => line({ benchmark: name, measures }),
    progress: ({ name }, progress) => line({ benchmark: name, progress }),
    end: ({ name }, result) => line({ benchmark: name, result }),
  };
}

/** A number with three significant digits, its unit, and how it stands to its goal. */
export function figureText({ value, unit, goal }: Figure): string {
  const text = `${rounded(value)}${unit === '' ? '' : ` ${unit}`}`;
  if (goal === undefined) return text;
  return `${text}   (goal: below ${goal} ${unit}${value < goal ? '' : ', MISSED'})`;
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function width(figures: readonly Figure[]): number {
  return Math.max(...figures.map(({ what }) => what.length));
}
