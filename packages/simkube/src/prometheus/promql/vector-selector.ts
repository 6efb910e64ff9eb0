import { compileAnchoredPattern } from '../anchored-pattern.ts';
import { metricNameLabel } from '../labels.ts';
import { matchesValue, type Matcher } from '../tsdb/matcher.ts';
import type { VectorSelector } from './ast.ts';
import type { GrammarNode } from './grammar.ts';
import { parseString } from './literals.ts';
import { parseError, unsupported } from './query-error.ts';

/** A `VectorSelector` node as an expression. Like Prometheus it must not select every series there is. */
export function parseVectorSelector(node: GrammarNode, query: string): VectorSelector {
  const matchers: Matcher[] = [];
  for (const part of node.children) {
    if (part.name === 'Identifier') matchers.push({ name: metricNameLabel, type: '=', value: part.text });
    else for (const matcher of part.children) matchers.push(labelMatcher(matcher, query));
  }
  const isNamed = node.children[0]?.name === 'Identifier';
  if (isNamed && matchers.slice(1).some((matcher) => matcher.name === metricNameLabel))
    throw parseError(query, node.from, 'metric name must not be set twice');
  if (matchers.every((matcher) => matchesValue(matcher, '')))
    throw parseError(query, node.from, 'vector selector must contain at least one non-empty matcher');
  return { kind: 'vector selector', matchers, shift: { offsetMs: 0 }, offset: node.from };
}

function labelMatcher(node: GrammarNode, query: string): Matcher {
  const [label, operator, literal] = node.children;
  if (node.name !== 'UnquotedLabelMatcher' || label === undefined || operator === undefined || literal === undefined)
    throw unsupported('a quoted metric or label name');
  const name = label.text;
  const value = parseString(literal.text);
  if (value === undefined) throw parseError(query, literal.from, 'unterminated string or unknown escape');
  if (operator.text === '=' || operator.text === '!=') return { name, type: operator.text, value };
  const compiled = compileAnchoredPattern(value);
  if (!compiled.ok) throw parseError(query, literal.from, compiled.error);
  return { name, type: operator.text === '!~' ? '!~' : '=~', value, pattern: compiled.pattern };
}
