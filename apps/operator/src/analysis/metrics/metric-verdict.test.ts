import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Verdict } from '../../rollout/observed.ts';
import type { Answer } from '../question.ts';
import { metricVerdict, type MetricAnswers } from './metric-verdict.ts';

type Metric = Parameters<typeof metricVerdict>[0];

const value = (number: number): Answer => ({ kind: 'value', value: number });
const empty: Answer = { kind: 'empty' };
const error: Answer = { kind: 'error', errorClass: 'timeout' };
const forbidden: Answer = { kind: 'forbidden', explanation: 'prometheusURL names evil, which must not be asked' };

const judge = (metric: Omit<Metric, 'name'>, answers: Partial<MetricAnswers>) =>
  metricVerdict({ name: 'm', ...metric }, { value: empty, requests: [], ...answers });

describe('the verdict on one metric', () => {
  it.each<[string, Omit<Metric, 'name'>, number, Verdict, string]>([
    ['above min', { min: 99 }, 99.5, 'pass', '99.5'],
    ['at min', { min: 99 }, 99, 'pass', '99'],
    ['below min', { min: 99 }, 98.5, 'breach', '98.5 is below min 99'],
    ['just below min', { min: 99 }, 98.99999999, 'breach', '98.99999999 is below min 99'],
    ['below max', { max: 500 }, 400, 'pass', '400'],
    ['at max', { max: 500 }, 500, 'pass', '500'],
    ['above max', { max: 500 }, 612.3456789, 'breach', '612.346 is above max 500'],
    ['between both', { min: 1, max: 2 }, 1.5, 'pass', '1.5'],
    ['below both', { min: 1, max: 2 }, 0, 'breach', '0 is below min 1'],
    ['above both', { min: 1, max: 2 }, 3, 'breach', '3 is above max 2'],
    ['at a bound of zero', { max: 0 }, 0, 'pass', '0'],
    ['negative zero', { min: 0 }, -0, 'pass', '0'],
    ['below a negative bound', { min: -5 }, -6, 'breach', '-6 is below min -5'],
  ])('of a value %s', (_name, metric, number, verdict, text) => {
    const judged = judge(metric, { value: value(number) });
    expect(judged).toMatchObject({ name: 'm', verdict, text });
    expect(judged.value).toBe(number);
  });

  // Argo: NaN with only a failureCondition was Successful, with only a successCondition Failed.
  it.each<[string, Omit<Metric, 'name'>]>([
    ['only max is set, which NaN is not above', { max: 5 }],
    ['only min is set, which NaN is not below', { min: 5 }],
    ['both are set', { min: 1, max: 5 }],
  ])('is no data for NaN and the infinities, also if %s', (_name, metric) => {
    for (const number of [NaN, Infinity, -Infinity]) {
      expect(judge(metric, { value: value(number) })).toEqual({ name: 'm', verdict: 'noData', text: 'no data' });
    }
  });

  // Argo: an empty vector was an Error; Flagger: it counted as a failed check like any other.
  it('is no data without a series', () => {
    expect(judge({ min: 1 }, {}).verdict).toBe('noData');
  });

  // Argo: a metric without conditions was always Successful.
  it('is never a pass without a bound', () => {
    expect(judge({}, { value: value(1) })).toMatchObject({ verdict: 'breach', text: 'neither min nor max is set' });
  });

  it.each<[string, Partial<MetricAnswers>, Verdict, string]>([
    ['its value is not answered', { value: error }, 'error', 'timeout'],
    ['primary is not answered', { value: value(1), baseline: error }, 'error', 'timeout'],
    ['the requests are not answered', { value: value(1), requests: [error] }, 'error', 'timeout'],
    ['its address is forbidden', { value: forbidden }, 'forbidden', forbidden.explanation],
    ['one address is forbidden', { value: error, requests: [forbidden] }, 'forbidden', forbidden.explanation],
    ['the answer is a range', { value: { kind: 'result', series: 1 } }, 'error', 'the answer is not a number'],
    ["the answer is a webhook's", { value: { kind: 'accepted' } }, 'error', 'the answer is not a number'],
  ])('says why when %s', (_name, answers, verdict, text) => {
    expect(judge({ min: 0 }, answers)).toEqual({ name: 'm', verdict, text });
  });

  it.each<[string, Answer, Verdict, string]>([
    ['enough', value(10), 'breach', '1 is below min 5'],
    ['enough, as far as increase can tell', value(9.6), 'breach', '1 is below min 5'],
    ['too few', value(9.4), 'tooFewSamples', '9 of 10 requests'],
    ['none', value(0), 'tooFewSamples', '0 of 10 requests'],
    ['no series of them', empty, 'tooFewSamples', '0 of 10 requests'],
    ['no number of them', value(NaN), 'tooFewSamples', '0 of 10 requests'],
  ])('with minimumRequests: there are %s', (_name, requests, verdict, text) => {
    expect(judge({ min: 5, minimumRequests: 10 }, { value: value(1), requests: [requests] })).toMatchObject({
      verdict,
      text,
    });
  });

  it('needs the requests of both sides where both are looked at', () => {
    const requests = [value(100), value(3)];
    const answers = { value: value(1), baseline: value(1), requests };
    expect(judge({ max: 5, compareTo: 'primary', minimumRequests: 10 }, answers)).toMatchObject({
      verdict: 'tooFewSamples',
      text: '3 of 10 requests',
    });
  });

  it.each<[string, Omit<Metric, 'name'>, Answer, Answer, Verdict, string]>([
    ['the same', { min: -5 }, value(100), value(100), 'pass', '0'],
    ['less, within the bound', { min: -5 }, value(95), value(100), 'pass', '-5'],
    ['less, beyond the bound', { min: -5 }, value(90), value(100), 'breach', '-10 % against primary is below min -5'],
    ['more, within the bound', { max: 20 }, value(120), value(100), 'pass', '20'],
    ['more, beyond the bound', { max: 20 }, value(150), value(100), 'breach', '50 % against primary is above max 20'],
    [
      'less than a negative one',
      { min: -5 },
      value(-20),
      value(-10),
      'breach',
      '-100 % against primary is below min -5',
    ],
    ['with primary at 0', { max: 20 }, value(1), value(0), 'noData', 'no data: primary is 0, or too near to it'],
    [
      'with primary at nearly 0',
      { max: 20 },
      value(1e308),
      value(1e-308),
      'noData',
      'no data: primary is 0, or too near to it',
    ],
    ['with no data of primary', { max: 20 }, value(1), empty, 'noData', 'no data of primary'],
    ['with NaN of primary', { max: 20 }, value(1), value(NaN), 'noData', 'no data of primary'],
    ['with no data', { max: 20 }, empty, value(1), 'noData', 'no data'],
    ['with no data of either', { max: 20 }, empty, empty, 'noData', 'no data'],
  ])('against primary: %s', (_name, metric, secondary, baseline, verdict, text) => {
    const judged = judge({ ...metric, compareTo: 'primary' }, { value: secondary, baseline });
    expect(judged).toMatchObject({ verdict, text });
  });

  it('passes exactly the numbers within the bounds, whatever they are', () => {
    const number = fc.double();
    fc.assert(
      fc.property(number, fc.option(number), fc.option(number), (measured, min, max) => {
        const bounds = { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
        const { verdict } = judge(bounds, { value: value(measured) });
        if (!Number.isFinite(measured)) expect(verdict).toBe('noData');
        else if (verdict === 'pass') {
          expect(min === null && max === null).toBe(false);
          expect(min === null || !(measured < min)).toBe(true);
          expect(max === null || !(measured > max)).toBe(true);
        } else expect(verdict).toBe('breach');
      }),
    );
  });

  it('never shows a value that breaches as one that does not', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), (measured, min) => {
        const { verdict, text } = judge({ min }, { value: value(measured) });
        if (verdict === 'breach') expect(Number(text.split(' ')[0])).toBeLessThan(min);
      }),
    );
  });
});
