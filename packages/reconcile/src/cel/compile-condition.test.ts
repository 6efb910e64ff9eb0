import { describe, expect, it } from 'vitest';

import { compileCondition } from './compile-condition.ts';

const variables = ['object', 'oldObject', 'request'];

describe('a condition over variables without a schema', () => {
  it.each<[expression: string, values: Record<string, unknown>, holds: unknown]>([
    ['object.spec.size < 3', { object: { spec: { size: 2 } } }, true],
    ['object.spec.size < 3', { object: { spec: { size: 3 } } }, false],
    ['oldObject == null || object.a != oldObject.a', { object: { a: 1 } }, true],
    ["request.userInfo.groups.exists(g, g.startsWith('system:'))", { request: { userInfo: { groups: ['x'] } } }, false],
    ["has(object.metadata.labels) && 'a' in object.metadata.labels", { object: { metadata: {} } }, false],
    ['object.a.b', { object: {} }, { error: 'no such key: a' }],
    ['object.a', { object: { a: 'text' } }, { error: 'must evaluate to bool' }],
  ])('%s of %j is %j', (expression, values, holds) => {
    const compiled = compileCondition(expression, variables);
    expect(compiled.ok && compiled.condition(values)).toEqual(holds);
  });

  it.each([
    ["'text'", /^must evaluate to bool$/u],
    ['object.', /^compilation failed: ERROR: <input>.*Syntax error/u],
    ['params.a', /undeclared reference to 'params'/u],
  ])('%s does not compile', (expression, why) => {
    const compiled = compileCondition(expression, variables);
    expect(compiled.ok ? '' : compiled.error).toMatch(why);
  });
});
