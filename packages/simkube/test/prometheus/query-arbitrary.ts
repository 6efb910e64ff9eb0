import * as fc from 'fast-check';

const selectors = [
  'istio_requests_total',
  'istio_requests_total{response_code=~"5.."}',
  'istio_requests_total{destination_version="primary"}',
  'memory_bytes',
  'memory_bytes{zone="east"}',
  'memory_bytes{pod!~"a|b"}',
  'limit_bytes',
  'irregular_total',
  'mixed',
  'special',
  'request_duration_bucket{service="normal"}',
  'nothing_here',
];
const labelNames = ['pod', 'zone', 'team', 'response_code', 'destination_version', 'le', 'index', 'missing'];
const durations = ['7s', '20s', '45s', '1m', '2m30s', '10m'];
const rangeFunctions = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'resets',
  'changes',
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'count_over_time',
  'last_over_time',
  'present_over_time',
];

const labelList = fc.subarray(labelNames, { maxLength: 3 }).map((names) => names.join(', '));
const duration = fc.constantFrom(...durations);
const offset = fc.constantFrom('', '', '', ' offset 15s', ' offset 1m', ' offset -10s', ' @ 1767225900');
const number = fc.constantFrom('0', '1', '2', '0.5', '-3', '50', '100', 'Inf', 'NaN', '1e-3');
const grouping = fc.tuple(fc.constantFrom('by', 'without'), labelList).map(([word, names]) => `${word} (${names})`);
const matching = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('on', 'ignoring'), labelList).map(([word, names]) => ` ${word} (${names})`),
);
const arithmetic = fc.constantFrom('+', '-', '*', '/', '%', '^');
const comparison = fc.constantFrom('==', '!=', '>', '<', '>=', '<=');

const { vector } = fc.letrec<{ vector: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    number,
    fc.tuple(tie('scalar'), arithmetic, tie('scalar')).map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(tie('scalar'), comparison, tie('scalar'))
      .map(([left, operator, right]) => `(${left} ${operator} bool ${right})`),
    tie('vector').map((operand) => `scalar(${operand})`),
  ),
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.constantFrom(...selectors), offset).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom(...rangeFunctions), fc.constantFrom(...selectors), duration, offset)
      .map(([name, selector, range, shift]) => `${name}(${selector}[${range}]${shift})`),
    fc
      .tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'group', 'stddev'), grouping, tie('vector'))
      .map(([operator, groups, operand]) => `${operator} ${groups} (${operand})`),
    fc
      .tuple(tie('vector'), arithmetic, matching, tie('vector'))
      .map(([left, operator, clause, right]) => `${left} ${operator}${clause} ${right}`),
    fc
      .tuple(tie('vector'), comparison, fc.constantFrom('', ' bool'), matching, tie('vector'))
      .map(([left, operator, bool, clause, right]) => `(${left} ${operator}${bool}${clause} ${right})`),
    fc
      .tuple(tie('vector'), fc.constantFrom('and', 'or', 'unless'), matching, tie('vector'))
      .map(([left, operator, clause, right]) => `(${left} ${operator}${clause} ${right})`),
    fc
      .tuple(tie('vector'), arithmetic, labelList, fc.constantFrom('group_left', 'group_right (team)'), tie('vector'))
      .map(([left, operator, names, group, right]) => `${left} ${operator} on (${names}) ${group} ${right}`),
    fc.tuple(tie('vector'), arithmetic, tie('scalar')).map((parts) => parts.join(' ')),
    fc.tuple(tie('scalar'), comparison, tie('vector')).map((parts) => `(${parts.join(' ')})`),
    fc.tuple(fc.constantFrom('-', '+', 'abs', 'ceil', 'clamp_min'), tie('vector')).map(([name, operand]) => {
      if (name === 'clamp_min') return `clamp_min(${operand}, 1)`;
      return `${name}(${operand})`;
    }),
    fc
      .tuple(fc.constantFrom('0', '0.5', '0.99', '1'), tie('vector'))
      .map(([quantile, operand]) => `histogram_quantile(${quantile}, ${operand})`),
    fc.tuple(tie('vector'), duration, fc.constantFrom('5s', '13s', '1m')).map(([operand, range, step]) => {
      // Not nested: Prometheus evaluates an inner subquery at more times than its result needs, and can fail there.
      const isNested = /\[\w+:/.test(operand);
      return isNested ? `(${operand})` : `max_over_time((${operand})[${range}:${step}])`;
    }),
    tie('scalar').map((operand) => `vector(${operand})`),
  ),
}));

/** A query over the sample data. Parentheses are left out where the precedence of operators should decide. */
export const anyQuery = vector;
