/** Says a number that is worth knowing and nothing to pass or fail by. */
export function measured(line: string): void {
  process.stderr.write(`e2e measured: ${line}\n`);
}
