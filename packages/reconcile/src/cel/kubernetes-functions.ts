import { isIP } from 'node:net';
import { celFunc, celMethod, CelScalar, listType, type CelFunc, type CelList, type CelValue } from './cel-library.ts';

const { BOOL, DYN, INT, STRING } = CelScalar;
const anyList = listType(DYN);

/** Compares two values of one ordered type. */
type Less = (a: CelValue, b: CelValue) => boolean;
type Equal = (a: CelValue, b: CelValue) => boolean;

/** Kubernetes' CEL libraries that the base library lacks: lists, sets, and the checks for IPs and quantities. */
export function kubernetesFunctions({ less, equal }: { less: Less; equal: Equal }): readonly CelFunc[] {
  return [...listFunctions(less, equal), ...setFunctions(equal), ...checkFunctions()];
}

function listFunctions(less: Less, equal: Equal): readonly CelFunc[] {
  return [
    celMethod('isSorted', anyList, [], BOOL, function isSorted() {
      const items = [...this];
      return items.every((item, index) => index === 0 || !less(item, items[index - 1] ?? null));
    }),
    celMethod('min', anyList, [], DYN, function min() {
      return extreme('min', this, less);
    }),
    celMethod('max', anyList, [], DYN, function max() {
      return extreme('max', this, (a, b) => less(b, a));
    }),
    celMethod('sum', anyList, [], DYN, function sum() {
      return sumOf([...this]);
    }),
    celMethod('indexOf', anyList, [DYN], INT, function indexOf(wanted) {
      return BigInt([...this].findIndex((item) => equal(item, wanted)));
    }),
    celMethod('lastIndexOf', anyList, [DYN], INT, function lastIndexOf(wanted) {
      return BigInt([...this].findLastIndex((item) => equal(item, wanted)));
    }),
  ];
}

function extreme(name: string, list: CelList, before: Less): CelValue {
  const items = [...list];
  const [first, ...rest] = items;
  if (first === undefined) throw new Error(`${name} called on empty list`);
  return rest.reduce((best, item) => (before(item, best) ? item : best), first);
}

function sumOf(items: readonly CelValue[]): CelValue {
  if (items.every((item) => typeof item === 'bigint')) return items.reduce((sum, item) => sum + item, 0n);
  if (items.every((item) => typeof item === 'number')) return items.reduce((sum, item) => sum + item, 0);
  throw new Error('no such overload');
}

function setFunctions(equal: Equal): readonly CelFunc[] {
  const within = (all: CelList, part: CelList): boolean => {
    const items = [...all];
    return [...part].every((item) => items.some((other) => equal(item, other)));
  };
  return [
    celFunc('sets.contains', [anyList, anyList], BOOL, within),
    celFunc('sets.equivalent', [anyList, anyList], BOOL, (a, b) => within(a, b) && within(b, a)),
    celFunc('sets.intersects', [anyList, anyList], BOOL, (a, b) => {
      const items = [...b];
      return [...a].some((item) => items.some((other) => equal(item, other)));
    }),
  ];
}

/** A Kubernetes quantity: a decimal number with a binary, decimal or exponent suffix. */
const quantityPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/u;

function checkFunctions(): readonly CelFunc[] {
  return [
    celFunc('isIP', [STRING], BOOL, (text) => isIP(text) !== 0),
    celFunc('isQuantity', [STRING], BOOL, (text) => quantityPattern.test(text)),
  ];
}
