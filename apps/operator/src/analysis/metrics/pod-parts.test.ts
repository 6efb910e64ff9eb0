import { describe, expect, it } from 'vitest';

import { revisionOf } from '../../api/v1/revision.ts';
import type { PodFacts } from '../../rollout/observed.ts';
import type { Moment } from '../analysis.ts';
import type { Answer } from '../question.ts';
import { expressionParts, restartPart } from './pod-parts.ts';

const revision = revisionOf('shop:v2', 80);
const pod = (name: string, restarts = 0): PodFacts => ({ name, restarts });
const moment = (pods?: readonly PodFacts[]): Moment => ({
  revision,
  when: 'during',
  now: 1_000_000,
  ...(pods === undefined ? {} : { pods }),
});
const success = [{ expr: 'errors{pod="<<pod>>"} == 0' }, { expr: 'up{pod="<<pod>>"} or up{pod="<<pod>>"}' }];
const result: Answer = { kind: 'result', series: 1 };
const empty: Answer = { kind: 'empty' };

const judgedBy = (answers: readonly Answer[], pods = [pod('a'), pod('b')]) => {
  const [part] = expressionParts({ success: success.slice(0, 1) }, moment(pods));
  return part?.judge(answers);
};

describe('an expression', () => {
  it('is asked about now, for each pod, with its name wherever it stands', () => {
    const parts = expressionParts({ success, prometheusURL: 'http://p.svc' }, moment([pod('a'), pod('b')]));
    expect(parts.flatMap(({ questions }) => questions)).toEqual(
      ['errors{pod="a"} == 0', 'errors{pod="b"} == 0', 'up{pod="a"} or up{pod="a"}', 'up{pod="b"} or up{pod="b"}'].map(
        (query) => ({
          kind: 'range',
          field: 'prometheusURL',
          url: 'http://p.svc',
          query,
          startMs: 1_000_000,
          endMs: 1_000_000,
          stepSeconds: 1,
        }),
      ),
    );
  });

  it('that names no pod is asked once', () => {
    const [part] = expressionParts({ success: [{ expr: 'up' }] }, moment([pod('a'), pod('b')]));
    expect(part?.questions).toHaveLength(1);
    expect(part?.judge([result])).toMatchObject({ verdict: 'pass' });
    expect(part?.judge([empty])).toMatchObject({ verdict: 'breach', text: 'no value' });
  });

  it.each<[string, readonly Answer[], string, string]>([
    ['passes with a value for each pod, whatever the values', [result, result], 'pass', 'a value for each of 2 pods'],
    ['is a breach without a value for one', [result, empty], 'breach', 'no value for b'],
    ['is a breach without a value for any', [empty, empty], 'breach', 'no value for a, b'],
    ['is an error where one answer is', [empty, { kind: 'error', errorClass: 'HTTP 500' }], 'error', 'HTTP 500'],
    ['is forbidden where the address is', [{ kind: 'forbidden', explanation: 'no' }, result], 'forbidden', 'no'],
    ['is a breach where an answer is missing', [result], 'breach', 'no value for b'],
  ])('%s', (_what, answers, verdict, text) => {
    expect(judgedBy(answers)).toEqual({ name: 'success[0]', verdict, text });
  });

  it('judges nobody where there is no pod', () => {
    expect(judgedBy([], [])).toMatchObject({ verdict: 'noData', text: 'there is no pod' });
  });

  it('names three pods of many', () => {
    const pods = ['a', 'b', 'c', 'd', 'e'].map((name) => pod(name));
    expect(judgedBy([], pods)).toMatchObject({ text: 'no value for a, b, c and 2 more' });
  });

  it('is not asked more often than a check can bear', () => {
    const pods = Array.from({ length: 501 }, (_none, index) => pod(`p${index}`));
    const parts = expressionParts({ success }, moment(pods));
    expect(parts).toHaveLength(1);
    expect(parts[0]?.questions).toEqual([]);
    expect(parts[0]?.judge([])).toMatchObject({
      verdict: 'error',
      text: '2 expressions for 501 pods are more than 1000 questions',
    });
  });
});

describe('restarts', () => {
  it.each<[string, readonly PodFacts[] | undefined, string, string]>([
    ['of none pass', [pod('a'), pod('b')], 'pass', 'none of 2 pods'],
    ['of one are a breach', [pod('a'), pod('b', 2)], 'breach', 'containers were started again of b (2x)'],
    ['judge nobody without pods', undefined, 'noData', 'there is no pod'],
  ])('%s', (_what, pods, verdict, text) => {
    const part = restartPart(moment(pods));
    expect(part.questions).toEqual([]);
    expect(part.judge([])).toEqual({ name: 'restarts', verdict, text });
  });
});
