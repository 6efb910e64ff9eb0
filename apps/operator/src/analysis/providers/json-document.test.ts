import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { scriptedNetwork, type Reply } from '../../../test/analysis/scripted-network.ts';
import { itIsAMetricProvider } from '../metric-provider.contract.ts';
import type { Answer, DocumentQuestion } from '../question.ts';
import { jsonDocument } from './json-document.ts';

const question: DocumentQuestion = {
  kind: 'document',
  field: 'url of metric errors',
  url: 'http://metrics.shop.svc/errors?of=shop',
  path: '.data[1].value',
};

itIsAMetricProvider('a JSON document', {
  provider: jsonDocument,
  question: { ...question, path: '.value' },
  timeoutMs: 5_000,
  good: { reply: { body: '{"value":"99.5"}' }, answer: { kind: 'value', value: 99.5 } },
});

async function asked(body: string, path: string): Promise<Answer> {
  const { wire } = scriptedNetwork({ body });
  return jsonDocument(wire).ask({ ...question, path }, new AbortController().signal);
}

describe('a JSON document', () => {
  it('is asked for by GET, at the URL as it is', async () => {
    const { wire, requests } = scriptedNetwork({ body: '{"data":[{},{"value":3}]}' });
    const answer = await jsonDocument(wire).ask(question, new AbortController().signal);
    expect(answer).toEqual({ kind: 'value', value: 3 });
    expect(requests[0]).toMatchObject({ method: 'GET', url: 'http://metrics.shop.svc/errors?of=shop' });
    expect(requests[0]?.body).toBeUndefined();
  });

  it.each<[string, string, string, Answer]>([
    ['a number', '{"a":1.5}', '.a', { kind: 'value', value: 1.5 }],
    ['a numeric string', '{"a":"-1.5e3"}', '.a', { kind: 'value', value: -1500 }],
    ['a string that says NaN', '{"a":"NaN"}', '.a', { kind: 'value', value: NaN }],
    ['an item of a list', '[[1],[2,3]]', '[1][0]', { kind: 'value', value: 2 }],
    ['a name with a dash', '{"a-b":{"c_d":7}}', '.a-b.c_d', { kind: 'value', value: 7 }],
    ['a number beyond all numbers', '{"a":1e999}', '.a', { kind: 'value', value: Infinity }],
    ['null', '{"a":null}', '.a', { kind: 'empty' }],
    ['true', '{"a":true}', '.a', { kind: 'error', errorClass: 'the document has no number at .a' }],
    ['a text', '{"a":"secret text"}', '.a', { kind: 'error', errorClass: 'the document has no number at .a' }],
    ['an empty text', '{"a":""}', '.a', { kind: 'error', errorClass: 'the document has no number at .a' }],
    ['a hexadecimal text', '{"a":"0x10"}', '.a', { kind: 'error', errorClass: 'the document has no number at .a' }],
    ['a list', '{"a":[1]}', '.a', { kind: 'error', errorClass: 'the document has no number at .a' }],
    ['nothing', '{"b":1}', '.a', { kind: 'error', errorClass: 'the document has nothing at .a' }],
    ['an item too far', '[1]', '[1]', { kind: 'error', errorClass: 'the document has nothing at [1]' }],
    [
      'the length of a text',
      '{"a":"x"}',
      '.a.length',
      { kind: 'error', errorClass: 'the document has nothing at .a.length' },
    ],
    [
      'something inherited',
      '{}',
      '.__proto__',
      { kind: 'error', errorClass: 'the document has nothing at .__proto__' },
    ],
    ['a method', '{}', '.toString', { kind: 'error', errorClass: 'the document has nothing at .toString' }],
    ['HTML', '<html>secret text</html>', '.a', { kind: 'error', errorClass: 'the answer is not JSON' }],
    ['an empty body', '', '.a', { kind: 'error', errorClass: 'the answer is not JSON' }],
  ])('takes %s for what it is', async (_name, body, path, answer) => {
    expect(await asked(body, path)).toEqual(answer);
  });

  it.each<[string, Reply]>([
    ['another success', { status: 204, body: '' }],
    ['a missing page', { status: 404, body: '{"data":[{},{"value":3}]}' }],
  ])('must come with a 200: %s is an error', async (_name, reply) => {
    const { wire } = scriptedNetwork(reply);
    expect((await jsonDocument(wire).ask(question, new AbortController().signal)).kind).toBe('error');
  });

  it('is never taken for a number where there is none, and no text of it gets out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ stringUnit: fc.constantFrom('q', 'x') }), async (body) => {
        const answer = await asked(body, '.qx[0].a');
        expect(['value', 'empty', 'error']).toContain(answer.kind);
        if (answer.kind === 'value') expect(typeof answer.value).toBe('number');
      }),
    );
  });
});
