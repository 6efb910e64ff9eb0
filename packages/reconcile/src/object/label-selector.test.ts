import { describe, expect, it } from 'vitest';

import { matchesLabels, parseLabelSelector } from './label-selector.ts';

describe('a label selector', () => {
  it.each([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app==web', { app: 'web' }, true],
    ['app=web', { app: 'api' }, false],
    ['app=web', undefined, false],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['app=', { app: '' }, true],
    ['tier in (a, b)', { tier: 'b' }, true],
    ['tier in (a,b),app', { tier: 'b' }, false],
    ['tier notin (a,b)', { tier: 'c' }, true],
    ['tier notin (a,b)', {}, true],
    ['canary.atze.io/app', { 'canary.atze.io/app': 'x' }, true],
    ['!legacy', { legacy: '' }, false],
    ['!legacy', {}, true],
    ['app=web,tier in (a,b),!legacy', { app: 'web', tier: 'a' }, true],
    ['constructor', {}, false],
  ])('%j on %j holds: %j', (text, labels, expected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  it.each(['=web', 'a b', 'tier in a,b', 'app=web,'])('%j is refused, by term', (text) => {
    expect(() => parseLabelSelector(text)).toThrow('cannot read the term');
  });
});
