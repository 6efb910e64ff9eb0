import { isDeepStrictEqual } from 'node:util';

import { operatorFile } from '../plan/plan-api.ts';

type Exports = Readonly<Record<string, unknown>>;

/** What a running manager takes on; of kinds, `reconcile dev` itself looks at the definitions. */
const swappable: readonly string[] = ['controllers', 'kinds'];

/**
 * Why the controllers of `next` cannot work in a process that began with `former`: something else is another now, and
 * src/main.ts has read it at its start. Undefined when they can.
 */
export function swapObstacle(former: Exports, next: Exports): string | undefined {
  const { operator: formerOperator, ...formerOthers } = former;
  const { operator: nextOperator, ...nextOthers } = next;
  const changed =
    difference('operator.', formerOperator as Exports, nextOperator as Exports, swappable) ??
    difference('', formerOthers, nextOthers, []);
  return changed === undefined ? undefined : `${changed} of ${operatorFile} is another now`;
}

function difference(prefix: string, former: Exports, next: Exports, except: readonly string[]): string | undefined {
  const names = [...new Set([...Object.keys(former), ...Object.keys(next)])].filter((name) => !except.includes(name));
  // A function is equal to itself only, so what a new module has made is never equal.
  const name = names.find((each) => !isDeepStrictEqual(former[each], next[each]));
  return name === undefined ? undefined : `${prefix}${name}`;
}
