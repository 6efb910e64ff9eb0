import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fillPlaceholders, namesSubject } from './placeholders.ts';
import { isSafe, type Subject } from './subject.ts';

const subject: Subject = { namespace: 'shop', workload: 'cart', service: 'cart-canary' };

describe('placeholders', () => {
  it.each([
    ['errors', 'errors'],
    ['errors{w="{{ workload }}"}[{{ interval }}]', 'errors{w="cart"}[60s]'],
    ['errors{n="{{namespace}}",s="{{  service  }}"}', 'errors{n="shop",s="cart-canary"}'],
    ['{{ workload }}{{ workload }}', 'cartcart'],
    ['sum by (a) (x{a="{b}"})', 'sum by (a) (x{a="{b}"})'],
  ])('of %s are filled: %s', (template, query) => {
    expect(fillPlaceholders(template, subject, 60)).toEqual({ query });
  });

  it.each([
    [
      'errors{w="{{ target }}"}',
      'the query has an unknown placeholder {{ target }}; known are namespace, workload, service, interval',
    ],
    [
      '{{ workload }} {{ Interval }}',
      'the query has an unknown placeholder {{ Interval }}; known are namespace, workload, service, interval',
    ],
    ['{{ }}', 'the query has an unknown placeholder {{  }}; known are namespace, workload, service, interval'],
    [
      '{{ constructor }}',
      'the query has an unknown placeholder {{ constructor }}; known are namespace, workload, service, interval',
    ],
    [
      `{{ ${'x'.repeat(500)} }}`,
      `the query has an unknown placeholder {{ ${'x'.repeat(32)} }}; known are namespace, workload, service, interval`,
    ],
    ['errors{w="{{ workload "}', 'the query has {{ without }}'],
  ])('of %s are refused', (template, problem) => {
    expect(fillPlaceholders(template, subject, 60)).toEqual({ problem });
  });

  it('name no workload where there is only a Service', () => {
    const { workload: _workload, ...service } = subject;
    expect(fillPlaceholders('{{ workload }}', service, 60)).toEqual({
      problem: 'the query has the placeholder {{ workload }}, and the target is a Service; use {{ service }}',
    });
    expect(fillPlaceholders('{{ service }}', service, 60)).toEqual({ query: 'cart-canary' });
  });

  it('say whether a query is about one side of the release', () => {
    expect(['{{ workload }}', '{{service}}', '{{ interval }}', 'workload'].map(namesSubject)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a name in a query', () => {
  it.each([
    ['cart', true],
    ['cart-primary', true],
    ['0', true],
    ['my.cart', true],
    ['Cart', false],
    ['cart-', false],
    ['-cart', false],
    ['cart..a', false],
    ['', false],
    ['a"} or vector(1) #', false],
    ['a\\', false],
    ['a\n', false],
    ['.*', false],
    ['a'.repeat(254), false],
  ])('%s is safe: %s', (name, safe) => {
    expect(isSafe({ ...subject, workload: name })).toBe(safe);
    expect(isSafe({ ...subject, service: name })).toBe(safe);
    expect(isSafe({ ...subject, namespace: name })).toBe(safe);
  });

  it('that is safe ends no string and begins none', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        if (isSafe({ ...subject, workload: name })) expect(JSON.stringify(name)).toBe(`"${name}"`);
      }),
    );
  });
});
