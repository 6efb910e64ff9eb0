import { describe, expect, it } from 'vitest';

import { builtinKinds } from './builtin-kinds.ts';
import { withCanonicalQuantities } from './canonical-quantities.ts';
import { canonicalQuantity, compareQuantities, isQuantity } from './quantity.ts';

describe('quantities', () => {
  it.each([
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1000m', '1'],
    ['1.5Gi', '1536Mi'],
    ['1024Mi', '1Gi'],
    ['1000Mi', '1000Mi'],
    ['0.5Ki', '512'],
    ['0.1m', '100u'],
    ['0.0000000001', '1n'],
    ['2000M', '2G'],
    ['1e3', '1e3'],
    ['12e4', '120e3'],
    ['100E', '100E'],
    ['.5', '500m'],
    ['-0.5', '-500m'],
    ['0', '0'],
    ['0Gi', '0'],
    [2, '2'],
    [0.25, '250m'],
    ['much', undefined],
  ])('writes %s as %s', (value, canonical) => {
    expect(canonicalQuantity(value)).toBe(canonical);
  });

  it('stays what it is when written again', () => {
    for (const value of ['500m', '1536Mi', '1Gi', '100u', '120e3', '250m'])
      expect(canonicalQuantity(value)).toBe(value);
  });

  it('compares across suffixes', () => {
    expect(compareQuantities('1Gi', '1000M')).toBe(1);
    expect(compareQuantities('500m', 0.5)).toBe(0);
    expect(compareQuantities('1', '2k')).toBe(-1);
    expect(isQuantity('5x')).toBe(false);
  });

  it('are rewritten where a schema has them, and nowhere else', () => {
    const schema = builtinKinds().find(({ kind }) => kind === 'Pod')?.schema ?? {};
    const container = { name: '1000m', resources: { limits: { cpu: '0.5', memory: '1024Mi' } } };
    expect(withCanonicalQuantities(schema, { spec: { containers: [container] } })).toEqual({
      spec: { containers: [{ name: '1000m', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
    const canonical = { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '1' } } }] } };
    expect(withCanonicalQuantities(schema, canonical)).toBe(canonical);
  });
});
