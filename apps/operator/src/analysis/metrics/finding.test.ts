import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Verdict } from '../../rollout/observed.ts';
import { findingOf, type Policies } from './finding.ts';
import type { Judged } from './metric-verdict.ts';

/** The defaults of the spec. */
const defaults: Policies = { onNoData: 'fail', onTooFewSamples: 'hold', onProviderError: 'fail' };
const order: readonly Verdict[] = ['forbidden', 'breach', 'error', 'noData', 'tooFewSamples', 'pass'];

const judged = (verdict: Verdict, name: string = verdict, text = `is ${verdict}`): Judged => ({ name, verdict, text });

describe('the finding of several metrics', () => {
  const pairs = order.flatMap((worse, at) => order.slice(at + 1).map((better) => [worse, better] as const));
  it.each(pairs)('is %s, and not %s', (worse, better) => {
    for (const both of [
      [judged(worse), judged(better)],
      [judged(better), judged(worse)],
    ]) {
      expect(findingOf(both, defaults).verdict).toBe(worse);
    }
  });

  it.each<[string, Partial<Policies>, readonly Verdict[], Verdict]>([
    [
      'missing data that passes does not hide too few requests that hold',
      { onNoData: 'pass' },
      ['noData', 'tooFewSamples'],
      'tooFewSamples',
    ],
    [
      'an error that passes does not hide missing data that fails',
      { onProviderError: 'pass' },
      ['error', 'noData'],
      'noData',
    ],
    [
      'an error that holds does not hide missing data that fails',
      { onProviderError: 'hold' },
      ['error', 'noData'],
      'noData',
    ],
    [
      'what passes does not hide a breach',
      { onProviderError: 'pass', onNoData: 'pass' },
      ['error', 'breach', 'noData'],
      'breach',
    ],
    ['what passes is still no pass', { onTooFewSamples: 'pass' }, ['pass', 'tooFewSamples'], 'tooFewSamples'],
  ])('goes by the stricter policy: %s', (_name, policies, verdicts, expected) => {
    const finding = findingOf(
      verdicts.map((verdict) => judged(verdict)),
      { ...defaults, ...policies },
    );
    expect(finding.verdict).toBe(expected);
  });

  it('names each that did not pass, the worst first', () => {
    const finding = findingOf(
      [
        judged('pass', 'a'),
        judged('noData', 'b'),
        judged('breach', 'c', '98 is below min 99'),
        judged('error', 'd', 'timeout'),
      ],
      defaults,
    );
    expect(finding.detail).toBe('c: 98 is below min 99; d: timeout; b: is noData');
  });

  it('names all when all passed, with their values', () => {
    const passed: Judged = { name: 'request-success-rate', verdict: 'pass', text: '99.8', value: 99.8 };
    expect(findingOf([passed], defaults)).toEqual({
      verdict: 'pass',
      detail: 'request-success-rate: 99.8',
      measured: [{ name: 'request-success-rate', verdict: 'pass', value: 99.8 }],
    });
  });

  it('says how many it has no room for', () => {
    const many = Array.from({ length: 32 }, (_item, at) =>
      judged('breach', `metric-${at}`, '1 is below min 2'.repeat(3)),
    );
    const { detail } = findingOf(many, defaults);
    expect(detail).toMatch(/; and \d+ more$/);
    const shown = detail.split('; ').length - 1;
    expect(detail).toContain(`and ${32 - shown} more`);
  });

  it('is never too long for the record, and its verdict is always one of its parts', () => {
    const part = fc.record({
      name: fc.string({ minLength: 1, maxLength: 63 }),
      verdict: fc.constantFrom(...order),
      text: fc.string({ maxLength: 2_000 }),
    });
    const policy = fc.constantFrom('fail' as const, 'hold' as const, 'pass' as const);
    const policies = fc.record({ onNoData: policy, onTooFewSamples: policy, onProviderError: policy });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 32 }), policies, (parts, own) => {
        const finding = findingOf(parts, own);
        expect(finding.detail.length).toBeLessThanOrEqual(512);
        expect(['pass', ...parts.map(({ verdict }) => verdict)]).toContain(finding.verdict);
        expect(finding.verdict === 'pass').toBe(parts.every(({ verdict }) => verdict === 'pass'));
      }),
    );
  });
});
