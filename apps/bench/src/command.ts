import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { checkedParts } from './check/check-part.ts';
import type { CheckChoices } from './check/main.ts';
import type { Choices } from './document/choices.ts';
import { frameworkParts, frameworkPeers, type FrameworkChoices } from './framework/framework-options.ts';
import { rolloutPeers } from './rollout/rollout-options.ts';

/** What the command line leads to. */
export interface BenchActions {
  framework(choices: FrameworkChoices): Promise<void>;
  rollout(choices: Choices): Promise<void>;
  check(choices: CheckChoices): Promise<number>;
  /** Rows of this repository by themselves; none named is all. */
  rows(names: readonly string[], told: { readonly json?: boolean }): Promise<void>;
}

/**
 * Reads the command line of `pnpm bench`, and does what it says. Mistakes and `--help` are answered here.
 * @param rows names of what can be measured by itself
 * @returns the exit code
 */
export async function runBenchCommand(
  args: readonly string[],
  rows: readonly string[],
  actions: BenchActions,
): Promise<number> {
  let code = 0;
  const root = rootCommand(rows).action((names: readonly string[], told: { readonly json?: boolean }) =>
    actions.rows(names, told),
  );
  root.addCommand(frameworkCommand().action((choices: FrameworkChoices) => actions.framework(choices)));
  root.addCommand(rolloutCommand().action((choices: Choices) => actions.rollout(choices)));
  root.addCommand(
    checkCommand().action(async (choices: CheckChoices) => {
      code = await actions.check(choices);
    }),
  );
  try {
    await root.parseAsync(withCheckCommand(args), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

function rootCommand(rows: readonly string[]): Command {
  return new Command('bench')
    .description('Measures what the library and the operator cost, by themselves or beside their peers.')
    .enablePositionalOptions()
    .exitOverride()
    .addArgument(new Argument('[rows...]', 'what is measured by itself (default: all)').choices(rows))
    .option('--json', 'one object a line');
}

/** `--check` is a command of its own, for which commander has names without dashes only. */
function withCheckCommand([first, ...rest]: readonly string[]): readonly string[] {
  return first === undefined ? [] : [first === '--check' ? 'check' : first, ...rest];
}

function checkCommand(): Command {
  return new Command('check')
    .description('Whether a figure is worse by a fifth than the baseline; the same as --check.')
    .exitOverride()
    .addOption(listOption('parts', 'what to check', checkedParts))
    .addOption(runsOption('how often to measure at a time (default: 3)'))
    .option('--write', 'make the baseline anew');
}

function frameworkCommand(): Command {
  return measureCommand('framework', 'The library and its peers do the same work.', frameworkPeers).addOption(
    listOption('parts', 'what to measure', frameworkParts),
  );
}

function rolloutCommand(): Command {
  return measureCommand('rollout', 'The operator and its peers release the same applications.', rolloutPeers);
}

function measureCommand(name: string, description: string, peers: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .addOption(listOption('peers', 'who takes part', peers))
    .addOption(runsOption('how often to measure (default: 3, once with --quick)'))
    .option('--quick', 'a look in minutes, whose figures mean little')
    .option('--json', 'one object a line, the last with all figures and ratios')
    .option('--write', 'put what comes out into docs/benchmarks.md')
    .option('--add', 'the same, together with the runs that are there');
}

function listOption(name: string, about: string, all: readonly string[]): Option {
  return new Option(`--${name} <names>`, `${about}, by commas: ${all.join(',')} (default: all)`).argParser(
    (text): readonly string[] => {
      const names = text.split(',');
      const unknown = names.filter((each) => !all.includes(each));
      if (unknown.length > 0)
        throw new InvalidArgumentError(`There is no ${unknown.join(', ')}; there are ${all.join(', ')}.`);
      return all.filter((known) => names.includes(known));
    },
  );
}

function runsOption(about: string): Option {
  return new Option('--runs <number>', about).argParser((text) => {
    if (/^[1-9]\d{0,2}$/u.test(text)) return Number(text);
    throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
  });
}
