import { describe, expect, it } from 'vitest';

import { compileRule, evaluateMessage, evaluateRule, ruleEnvironment, type CelSchema } from './index.ts';

const environment = ruleEnvironment();

const schema: CelSchema = {
  type: 'object',
  properties: {
    replicas: { type: 'integer' },
    ratio: { type: 'number' },
    image: { type: 'string', maxLength: 20 },
    'a-b': { type: 'string' },
    namespace: { type: 'string' },
    port: { 'x-kubernetes-int-or-string': true },
    wait: { type: 'string', format: 'duration' },
    at: { type: 'string', format: 'date-time' },
    secret: { type: 'string', format: 'byte' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    steps: {
      type: 'array',
      maxItems: 5,
      items: {
        type: 'object',
        properties: { name: { type: 'string', maxLength: 10 }, weight: { type: 'integer' } },
      },
    },
    tags: { type: 'array', items: { type: 'string' } },
  },
};

const self = {
  metadata: { name: 'demo' },
  replicas: 3,
  ratio: 0.5,
  image: 'nginx:1.25',
  'a-b': 'dash',
  namespace: 'team',
  port: 8080,
  wait: '1h30m',
  at: '2026-01-02T03:04:05Z',
  secret: 'aGVsbG8=',
  labels: { app: 'demo', 'example.com/x': 'y' },
  steps: [
    { name: 'one', weight: 10 },
    { name: 'two', weight: 50 },
  ],
  tags: ['a', 'b'],
};

function outcome(expression: string, values: unknown = self): unknown {
  const compiled = compileRule(expression, { schema, isResource: true, environment });
  if (!compiled.ok) return compiled.error.split('\n')[0];
  const result = evaluateRule(compiled.rule, { self: values, oldSelf: self });
  return 'ok' in result ? result.ok : result.error;
}

describe('compileRule and evaluateRule', () => {
  it.each([
    ['integers are int64 and not double', 'type(self.replicas) == int && type(self.ratio) == double', true],
    ['ints and doubles compare', 'self.replicas > 2.5', true],
    ['has() sees what is there and what is not', 'has(self.image) && !has(self.labels.missing)', true],
    ['a dash is escaped', 'self.a__dash__b == "dash"', true],
    ['a keyword is escaped', 'self.__namespace__ == "team"', true],
    ['metadata.name is there at the root', 'self.metadata.name == "demo"', true],
    ['map keys are not escaped', 'self.labels["example.com/x"] == "y"', true],
    ['all', 'self.steps.all(s, s.weight <= 100)', true],
    ['exists', 'self.steps.exists(s, s.weight == 50)', true],
    ['exists_one', 'self.steps.exists_one(s, s.name.startsWith("t"))', true],
    ['filter and map', 'self.steps.filter(s, s.weight > 10).map(s, s.name) == ["two"]', true],
    [
      'sum, min, max and isSorted of lists',
      'self.steps.map(s, s.weight).sum() == 60 && self.steps.map(s, s.weight).isSorted() && self.steps.map(s, s.weight).max() == 50 && [2, 1].min() == 1',
      true,
    ],
    ['indexOf in lists', 'self.tags.indexOf("b") == 1 && self.tags.lastIndexOf("z") == -1', true],
    [
      'string functions',
      'self.image.split(":")[1] == "1.25" && self.image.upperAscii().indexOf("X") == 4 && " a ".trim() == "a" && self.image.replace("nginx", "x").substring(2) == "1.25" && self.tags.join("-") == "a-b" && "abc".charAt(1) == "b"',
      true,
    ],
    [
      'size of strings, lists and maps',
      'size(self.image) == 10 && self.steps.size() == 2 && self.labels.size() == 2',
      true,
    ],
    ['in', '"app" in self.labels && self.replicas in [1, 2, 3]', true],
    ['conversions', 'int("5") == 5 && double("0.5") == 0.5 && string(self.replicas) == "3"', true],
    [
      'durations and timestamps',
      'self.wait > duration("1h") && self.at < timestamp("2027-01-01T00:00:00Z") && self.at.getFullYear() == 2026',
      true,
    ],
    ['byte strings are decoded', 'self.secret == b"hello"', true],
    ['int-or-string is dynamic', 'type(self.port) == int ? self.port < 9000 : self.port.contains("%")', true],
    ['sets', 'sets.contains([1, 2], [2]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])', true],
    ['checks of strings', 'isIP("10.0.0.1") && !isIP("10.0.0") && isQuantity("500m") && !isQuantity("5x")', true],
    ['a rule that does not hold', 'self.replicas > 3', false],
    ['a missing key', 'self.labels.missing == "x"', 'no such key: missing'],
    ['an index too far', 'self.steps[5].weight == 1', 'index out of bounds: 5'],
  ])('%s', (_, expression, expected) => {
    expect(outcome(expression)).toBe(expected);
  });

  it.each([
    ['an unknown field', 'self.foo == 1', "ERROR: <input>:1:5: undefined field 'foo'"],
    ['a wrong type', 'self.image + 1 == "x"', "found no matching overload for '_+_' applied to '(string, int)'"],
    ['null of a string', 'self.image == null', "found no matching overload for '_==_' applied to '(string, null)'"],
    ['a result that is no bool', 'self.image', 'cel expression must evaluate to a bool'],
    ['a function that is not there', 'self.image.shout()', 'function shout'],
    ['a library that is not supported', 'quantity("1").isGreaterThan(quantity("0"))', 'function quantity'],
    ['optional syntax', 'self.?image == "x"', 'Syntax error'],
    ['metadata beyond name and generateName', 'self.metadata.labels.size() > 0', "undefined field 'labels'"],
    ['an undeclared variable', 'object.x == 1', "undeclared reference to 'object'"],
    ['a field of a string', 'self.image.name == "x"', "type 'string' does not support field selection"],
    ['a broken expression', 'self.replicas >', 'compilation failed'],
  ])('refuses %s', (_, expression, expected) => {
    expect(outcome(expression)).toContain(expected);
  });

  it('points at the place in the expression', () => {
    const compiled = compileRule('self.replicas > 0 && self.foo', { schema, environment });
    expect(compiled).toMatchObject({
      error: expect.stringContaining(` | self.replicas > 0 && self.foo\n | ${'.'.repeat(25)}^`),
    });
  });

  it('lets a transition rule hold where there is no old value, and judges it where there is one', () => {
    const compiled = compileRule('self.replicas >= oldSelf.replicas', { schema, environment });
    if (!compiled.ok) throw new Error(compiled.error);
    expect(compiled.rule.usesOldSelf).toBe(true);
    expect(evaluateRule(compiled.rule, { self: { replicas: 1 } })).toEqual({ ok: true });
    expect(evaluateRule(compiled.rule, { self: { replicas: 1 }, oldSelf: { replicas: 2 } })).toEqual({ ok: false });
    expect(compileRule('self == oldSelf', { schema, environment, hasOldSelf: false }).ok).toBe(false);
  });

  it('gives messages, and none where the expression fails', () => {
    const good = compileRule('"replicas is " + string(self.replicas)', { schema, environment, result: 'string' });
    const bad = compileRule('self.labels["x"]', { schema, environment, result: 'string' });
    if (!good.ok || !bad.ok) throw new Error('both compile');
    expect(evaluateMessage(good.rule, { self })).toBe('replicas is 3');
    expect(evaluateMessage(bad.rule, { self })).toBeUndefined();
  });

  it('matches patterns in linear time', () => {
    const compiled = compileRule('self.image.matches("^(a+)+$")', { schema, environment });
    if (!compiled.ok) throw new Error(compiled.error);
    expect(evaluateRule(compiled.rule, { self: { image: `${'a'.repeat(5000)}b` } })).toEqual({ ok: false });
  });

  it('keeps hostile keys apart from prototypes', () => {
    const values = JSON.parse('{"labels": {"__proto__": "x", "constructor": "y"}}');
    expect(outcome('self.labels["__proto__"] == "x" && self.labels.size() == 2', values)).toBe(true);
    expect(outcome('"toString" in self.labels', values)).toBe(false);
  });
});

describe('cost', () => {
  const cost = (expression: string, on: CelSchema): number => {
    const compiled = compileRule(expression, { schema: on, environment });
    if (!compiled.ok) throw new Error(compiled.error);
    return compiled.rule.maxCost;
  };
  const list = (maxItems?: number): CelSchema => ({
    type: 'array',
    ...(maxItems === undefined ? {} : { maxItems }),
    items: { type: 'string', maxLength: 10 },
  });

  it('grows with the bounds of the schema', () => {
    expect(cost('self.all(x, x != "")', list(10))).toBeLessThan(cost('self.all(x, x != "")', list(100)));
    expect(cost('self.all(x, self.all(y, x == y))', list())).toBeGreaterThan(10_000_000);
  });

  it('is one unit per access and per plain call', () => {
    expect(cost('self.replicas > 1', schema)).toBe(3);
  });
});
