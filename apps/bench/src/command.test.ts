import { expect, test, vi } from 'vitest';

import { runBenchCommand, type BenchActions } from './command.ts';

const rows = ['simkube', 'library'];

/** What a command line leads to, and with what. */
async function led(line: string): Promise<readonly unknown[]> {
  const calls: unknown[] = [];
  const actions: BenchActions = {
    framework: async (choices) => void calls.push('framework', choices),
    rollout: async (choices) => void calls.push('rollout', choices),
    check: async (choices) => calls.push('check', choices),
    rows: async (names, choices) => void calls.push('rows', names, choices),
  };
  const args = line.split(' ').filter((word) => word !== '');
  return [await runBenchCommand(args, rows, actions), ...calls];
}

test.each([
  ['', [0, 'rows', [], {}]],
  ['library --json', [0, 'rows', ['library'], { json: true }]],
  ['framework', [0, 'framework', {}]],
  ['framework --parts micro,work --runs 2', [0, 'framework', { parts: ['work', 'micro'], runs: 2 }]],
  ['framework --quick --json --write', [0, 'framework', { quick: true, json: true, write: true }]],
  ['rollout --peers flagger,operator --add', [0, 'rollout', { peers: ['operator', 'flagger'], add: true }]],
  ['--check', [2, 'check', {}]],
  ['--check --runs 1 --parts rollout --write', [2, 'check', { runs: 1, parts: ['rollout'], write: true }]],
])('bench %s', async (line, expected) => {
  expect(await led(line)).toEqual(expected);
});

test.each([
  ['nosuch', 'Allowed choices are simkube, library'],
  ['framework --peers reconcile,nosuch', 'There is no nosuch; there are reconcile, controller-runtime,'],
  ['rollout --runs 0', 'It must be a whole number from 1'],
  ['rollout --parts work', "unknown option '--parts'"],
  ['--check --nosuch', "unknown option '--nosuch'"],
  ['--check --json', "unknown option '--json'"],
  ['--check library', 'too many arguments'],
  ['library --write', "unknown option '--write'"],
])('bench %s is refused before anything is measured', async (line, message) => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await led(line)).toEqual([1]);
  expect(String(written.mock.calls[0]?.[0])).toContain(message);
});
