import type { DeclType } from './decl-type.ts';

const traversal = 0.1;
const pattern = 0.25;

/** What one call is made of. */
interface Call {
  readonly target: DeclType | undefined;
  readonly args: readonly DeclType[];
}

type Cost = (call: Call) => number;

const size = (type: DeclType | undefined): number => type?.maxElements ?? 1;
const traversed = (type: DeclType | undefined): number => Math.ceil(size(type) * traversal);
const targetTraversed: Cost = ({ target }) => traversed(target);
const targetTraversedTwice: Cost = ({ target }) => Math.ceil(size(target) * 2 * traversal);
const firstTraversed: Cost = ({ args: [first] }) => traversed(first);

const isText = (type: DeclType | undefined): boolean => type?.kind === 'string' || type?.kind === 'bytes';

/** Strings, bytes, lists and maps are compared over their length. */
const compared: Cost = ({ args: [a, b] }) => Math.ceil(Math.min(size(a), size(b)) * traversal);

const ordered: Cost = (call) => (isText(call.args[0]) ? compared(call) : 1);

/** One unit per element, and the traversal of each where they are strings. */
const eachElement: Cost = ({ target }) => {
  if (target?.kind !== 'list') return traversed(target);
  return target.maxElements * (1 + (isText(target.element) ? traversed(target.element) : 0));
};

const converted: Cost = ({ args: [first] }) => (isText(first) ? traversed(first) : 1);

const joined: Cost = ({ target, args: [separator] }) => {
  const items = size(target);
  const separators = separator === undefined ? 0 : separator.maxElements * Math.max(0, items - 1);
  return Math.ceil((items * size(target?.element) + separators) * traversal);
};

const crossed: Cost = ({ args: [a, b] }) => size(a) * size(b);

/** Calls that cost more than one unit, or nothing. After cel-go's checker and Kubernetes' cost estimator. */
const costs: Readonly<Record<string, Cost>> = {
  '_&&_': () => 0,
  '_||_': () => 0,
  '_==_': compared,
  '_!=_': compared,
  '_<_': ordered,
  '_<=_': ordered,
  '_>_': ordered,
  '_>=_': ordered,
  '_+_': ({ args: [a, b] }) => (isText(a) ? Math.ceil((size(a) + size(b)) * traversal) : 1),
  '@in': ({ args: [, range] }) => (range?.kind === 'map' ? 1 : size(range)),
  startsWith: firstTraversed,
  endsWith: firstTraversed,
  contains: ({ target, args: [part] }) => traversed(target) * traversed(part),
  matches: ({ target, args: [text] }) =>
    target === undefined ? 1 : Math.ceil((size(target) + 1) * traversal) * Math.ceil(size(text) * pattern),
  string: ({ args: [first] }) => (first?.kind === 'bytes' ? traversed(first) : 1),
  bytes: converted,
  isSorted: eachElement,
  sum: eachElement,
  min: eachElement,
  max: eachElement,
  indexOf: eachElement,
  lastIndexOf: eachElement,
  lowerAscii: targetTraversed,
  upperAscii: targetTraversed,
  substring: targetTraversed,
  trim: targetTraversed,
  format: targetTraversed,
  replace: targetTraversedTwice,
  split: targetTraversedTwice,
  join: joined,
  isIP: firstTraversed,
  isQuantity: firstTraversed,
  'strings.quote': firstTraversed,
  'sets.contains': crossed,
  'sets.intersects': crossed,
  'sets.equivalent': (call) => 2 * crossed(call),
};

/** The most that one call costs beside its arguments, in CEL's units: one for most. */
export function callCost(name: string, target: DeclType | undefined, args: readonly DeclType[]): number {
  return Object.hasOwn(costs, name) ? (costs[name]?.({ target, args }) ?? 1) : 1;
}
