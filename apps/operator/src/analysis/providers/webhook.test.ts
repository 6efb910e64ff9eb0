import { describe, expect, it } from 'vitest';

import { scriptedNetwork, type Reply } from '../../../test/analysis/scripted-network.ts';
import { itIsAMetricProvider } from '../metric-provider.contract.ts';
import type { Answer, WebhookQuestion } from '../question.ts';
import { webhook } from './webhook.ts';

const question: WebhookQuestion = {
  kind: 'webhook',
  field: 'url of webhook smoke',
  url: 'http://tester.shop.svc/run',
  body: '{"name":"shop"}',
  timeoutMs: 30_000,
};

itIsAMetricProvider('a webhook', {
  provider: webhook,
  question,
  timeoutMs: 30_000,
  good: { reply: { status: 200, body: 'anything' }, answer: { kind: 'accepted' } },
});

describe('a webhook', () => {
  it('is posted as JSON', async () => {
    const { wire, requests } = scriptedNetwork({});
    await webhook(wire).ask(question, new AbortController().signal);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'http://tester.shop.svc/run',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"shop"}',
    });
  });

  it.each<[number, Answer]>([
    [200, { kind: 'accepted' }],
    [202, { kind: 'accepted' }],
    [204, { kind: 'accepted' }],
    [299, { kind: 'accepted' }],
    [199, { kind: 'refused', status: 199 }],
    [301, { kind: 'refused', status: 301 }],
    [400, { kind: 'refused', status: 400 }],
    [500, { kind: 'refused', status: 500 }],
  ])('that answers %i', async (status, answer) => {
    const reply: Reply = { status, body: '<html>no</html>' };
    expect(await webhook(scriptedNetwork(reply).wire).ask(question, new AbortController().signal)).toEqual(answer);
  });
});
