import { describe, expect, it } from 'vitest';

import { scriptedNetwork, type Reply, type ScriptedNetworkOptions } from '../../test/analysis/scripted-network.ts';
import type { MetricProvider } from './metric-provider.ts';
import type { Wire } from './providers/prometheus-api.ts';
import type { Answer, Question } from './question.ts';

/** What a provider is tested with. */
export interface ProviderSubject<Q extends Question> {
  readonly provider: (wire: Wire) => MetricProvider<Q>;
  readonly question: Q;
  /** After how long it gives up, in milliseconds. */
  readonly timeoutMs: number;
  /** A good reply, and what it is taken for. */
  readonly good: { readonly reply: Reply; readonly answer: Answer };
}

const secret = 'secret text';
const url = 'http://metrics.monitoring.svc:9090/base';

/** What each provider has to do, whatever it asks for. */
export function itIsAMetricProvider<Q extends Question>(name: string, subject: ProviderSubject<Q>): void {
  const { provider, question, timeoutMs, good } = subject;
  const asking = (reply: Reply, { to = url, ...options }: ScriptedNetworkOptions & { to?: string } = {}) => {
    const network = scriptedNetwork(reply, options);
    const controller = new AbortController();
    const ask = (): Promise<Answer> => provider(network.wire).ask({ ...question, url: to }, controller.signal);
    return { ...network, controller, ask };
  };

  describe(`${name}, as a provider`, () => {
    it('asks once, at the address that was judged, without credentials', async () => {
      const { ask, requests } = asking(good.reply);
      expect(await ask()).toEqual(good.answer);
      expect(requests).toHaveLength(1);
      expect(requests[0]?.address).toEqual({ host: '10.1.2.3', port: 9090 });
      expect(requests[0]?.url).toMatch(/^http:\/\/metrics\.monitoring\.svc:9090\/base/);
      const headers = requests[0]?.headers ?? {};
      expect(Object.keys(headers).filter((header) => /authori|cookie|token/.test(header))).toEqual([]);
      expect(headers['accept-encoding']).toBe('identity');
    });

    it('asks the address that the operator mapped the name to', async () => {
      const resolve = new Map([['metrics.monitoring.svc:9090', { host: '127.0.0.1', port: 39_090 }]]);
      const { ask, requests } = asking(good.reply, { policy: { resolve, allowedHosts: [] } });
      expect(await ask()).toEqual(good.answer);
      expect(requests[0]?.address).toEqual({ host: '127.0.0.1', port: 39_090 });
    });

    it.each<[string, Reply]>([
      ['a redirect', { status: 302, headers: { location: 'http://10.0.0.1/' }, body: secret }],
      ['an overloaded server', { status: 503, body: secret }],
      ['a server that wants to know who asks', { status: 401, body: secret }],
      ['a refused connection', 'refused'],
      ['a body without end', { body: Array.from({ length: 100 }, () => new Uint8Array(10_000)) }],
    ])('takes %s for no good answer, and does not ask again', async (_what, reply) => {
      const { ask, requests, env } = asking(reply);
      const answer = await ask();
      expect(['error', 'refused']).toContain(answer.kind);
      expect(JSON.stringify(answer)).not.toContain(secret);
      expect(requests).toHaveLength(1);
      expect(env.time.pending).toBe(0);
    });

    it.each<[string, Reply]>([
      ['says nothing', 'never'],
      ['answers a byte at a time', 'drips'],
    ])('gives up on a server that %s', async (_what, reply) => {
      const { ask, env } = asking(reply);
      let isOver = false;
      const answer = ask().finally(() => {
        isOver = true;
      });
      await env.time.advance(timeoutMs - 1);
      expect(isOver).toBe(false);
      await env.time.advance(1);
      expect(await answer).toEqual({ kind: 'error', errorClass: 'timeout' });
    });

    it('ends when it is told to', async () => {
      const { ask, controller, env } = asking('never');
      const answer = ask();
      await env.time.advance(1);
      controller.abort();
      expect(await answer).toEqual({ kind: 'error', errorClass: 'aborted' });
      expect(env.time.pending).toBe(0);
    });

    it.each([
      ['a host that is not allowed', 'http://metrics.example.com/', ['10.1.2.3']],
      ['an address', 'http://10.1.2.3:9090/', ['10.1.2.3']],
      ['the metadata service', 'http://169.254.169.254/latest', ['169.254.169.254']],
      ['a name that leads to the metadata service', url, ['10.1.2.3', '169.254.169.254']],
      ['a name that leads to loopback', url, ['127.0.0.1']],
      ['a URL with credentials', `http://user:${encodeURIComponent(secret)}@metrics.monitoring.svc/`, ['10.1.2.3']],
    ])('sends nothing to %s', async (_what, to, addresses) => {
      const { ask, requests } = asking(good.reply, { to, addresses });
      const answer = await ask();
      expect(answer.kind).toBe('forbidden');
      expect(JSON.stringify(answer)).not.toContain('secret');
      expect(requests).toEqual([]);
    });

    it('says that a name is not known', async () => {
      const { ask, requests } = asking(good.reply, { addresses: [] });
      expect(await ask()).toEqual({ kind: 'error', errorClass: 'metrics.monitoring.svc is not a known name' });
      expect(requests).toEqual([]);
    });
  });
}
