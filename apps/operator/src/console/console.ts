import { keyOf, keyText } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../api/v1/canaryapp.ts';
import { commandAnnotation } from '../api/v1/names.ts';

/** What the console works on. */
export interface ConsoleWorld {
  /** Every application that this process knows, in a steady order. */
  apps(): readonly CanaryApp[];
  /** Whether it is this process that releases. */
  isLeader(): boolean;
  /** Writes a merge patch of an application. Rejects when it is refused. */
  patch(app: CanaryApp, patch: object): Promise<unknown>;
  /** An id that no request had before. */
  newId(): string;
}

/** What somebody sees who comes in, and after each line. */
export interface ConsoleSession {
  readonly greeting: string;
  answer(line: string): Promise<string>;
}

export const prompt = '_> ';

const help = `
Commands :

- ls : list services. '*' = bypassed, '~' = currently deploying
- bypass X : next deployment of X will be direct
- nobypass X : next deployment of X will be normal
- abort X : abort running deployment

X is a number of the list, or namespace/name.
`;

const verbs = ['bypass', 'nobypass', 'abort'] as const;
type ConsoleVerb = (typeof verbs)[number];

/** A number means what this session was shown last, whatever came and went since. */
export function consoleSession(world: ConsoleWorld): ConsoleSession {
  let shown: readonly string[] = [];
  const list = (): string => {
    const apps = world.apps();
    shown = apps.map((app) => keyText(keyOf(app)));
    return apps.map((app, index) => `[${index}] ${marksOf(app)}${keyText(keyOf(app))}\n`).join('');
  };
  const find = (what: string): CanaryApp | undefined => {
    const name = /^\d{1,6}$/.test(what) ? shown[Number(what)] : what;
    return world.apps().find((app) => keyText(keyOf(app)) === name);
  };
  return {
    greeting: `${help}\nList of services : \n${list()}\n${prompt}`,
    answer: async (line) => {
      const words = line.trim().split(/\s+/u);
      const [verb, what = ''] = words;
      const known = verbs.find((each) => each === verb);
      if (line.trim() === '') return `\n${prompt}`;
      if (verb === 'ls' && words.length === 1) return `${list()}\n${prompt}`;
      const app = known === undefined || words.length !== 2 ? undefined : find(what);
      if (known === undefined || app === undefined) return `Invalid command.\n${prompt}`;
      const said = await ask(world, app, known).catch((error: unknown) => `Refused: ${String(error)}`);
      return `${said ?? list()}\n${prompt}`;
    },
  };
}

function marksOf({ status }: CanaryApp): string {
  return `${status?.bypass === undefined ? '' : '*'}${isDeploying(status) ? '~' : ''}`;
}

function isDeploying(status: CanaryApp['status']): boolean {
  return ['Starting', 'Shifting', 'Promoting', 'Restoring'].includes(status?.run?.stage ?? '');
}

/** Asks as everybody does, by annotation: what is said here is what will be done. Undefined: the list says it. */
async function ask(world: ConsoleWorld, app: CanaryApp, verb: ConsoleVerb): Promise<string | undefined> {
  const name = keyText(keyOf(app));
  if (!world.isLeader()) return 'This replica stands by; ask the one that leads.';
  if (verb === 'abort' && !['Starting', 'Shifting'].includes(app.status?.run?.stage ?? ''))
    return `Nothing of ${name} can be aborted.`;
  const annotations = { [commandAnnotation]: `${verb}@next#${world.newId()}` };
  await world.patch(app, { metadata: { annotations } });
  if (verb === 'bypass') return `Next deployment of ${name} will be done directly.\nCancel with 'nobypass ${name}'`;
  return verb === 'abort' ? `Aborting deployment of ${name} ...` : undefined;
}
