import { describe, expect, it } from 'vitest';

import type { Certificate } from '../certificates/certificate.ts';
import { issueCertificate } from '../certificates/issue-certificate.ts';
import { aborted, sleep } from '../env/timers.ts';
import { processEnv } from '../env/process-env.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import type { CertificateSource } from './certificate-source.ts';
import { WebhookServer } from './webhook-server.ts';

const hourMs = 3_600_000;
const { timers } = processEnv();

/** A server whose certificates a test hands out. */
function serving(address = '127.0.0.1:0') {
  const { log, lines } = recordingLogger();
  const env = virtualEnv({ log });
  let use: (certificate: Certificate) => void = () => undefined;
  const source = { problem: undefined as string | undefined };
  const certificates: CertificateSource = {
    get problem() {
      return source.problem;
    },
    run: (using, signal) => {
      use = using;
      return aborted(signal);
    },
  };
  const ports: number[] = [];
  const server = new WebhookServer({
    env,
    address,
    endpoint: () => Promise.resolve({ status: 200, body: '' }),
    certificates,
    onListening: (port) => ports.push(port),
    onCertificate: () => undefined,
  });
  const stop = new AbortController();
  const ended = server.start(stop.signal);
  return {
    env,
    lines,
    source,
    server,
    ended,
    ports,
    certify: async (pastMs: number, leftMs: number) => {
      const nowMs = env.clock.now();
      const hosts = ['127.0.0.1'];
      use(await issueCertificate({ name: 'a', hosts, notBeforeMs: nowMs - pastMs, notAfterMs: nowMs + leftMs }));
    },
    /** Sockets are opened in real time. */
    listening: async () => {
      for (let turns = 0; turns < 2000 && ports.length === 0; turns += 1) await sleep(timers, 1);
      expect(ports).toHaveLength(1);
    },
    stop: async () => {
      stop.abort();
      await Promise.all([ended, env.time.advance(1)]);
    },
  };
}

describe('a server of webhooks', () => {
  it('is not ready before it has a certificate, and says what it waits for', async () => {
    const w = serving();
    expect(w.server.problem).toBe('there is no certificate yet');
    w.source.problem = 'secrets: forbidden';
    expect(w.server.problem).toBe('secrets: forbidden');
    w.source.problem = undefined;
    await w.certify(hourMs, 100 * hourMs);
    await w.listening();
    expect(w.server.problem).toBeUndefined();
    await w.stop();
  });

  it('warns each hour of a certificate that is about to expire, and is not ready when it has', async () => {
    const w = serving();
    await w.certify(91 * hourMs, 9 * hourMs);
    await w.listening();
    w.source.problem = 'secrets: forbidden';
    await w.env.time.advance(3 * hourMs);
    const warnings = w.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatchObject({
      message: 'the certificate of the webhooks is about to expire and was not renewed',
      fields: { problem: 'secrets: forbidden' },
    });
    await w.env.time.advance(7 * hourMs);
    expect(w.server.problem).toMatch(/^the certificate expired at \S+: secrets: forbidden$/u);
    // It goes on by itself.
    w.source.problem = undefined;
    await w.certify(hourMs, 100 * hourMs);
    expect(w.server.problem).toBeUndefined();
    await w.stop();
  });

  it('says nothing of one that has time', async () => {
    const w = serving();
    await w.certify(10 * hourMs, 90 * hourMs);
    await w.listening();
    await w.env.time.advance(24 * hourMs);
    expect(w.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    await w.stop();
  });

  it('fails, with the address, when it cannot be listened on', async () => {
    const w = serving('203.0.113.1:1');
    const failed = expect(w.ended).rejects.toThrow('cannot listen on 203.0.113.1:1');
    await w.certify(hourMs, 100 * hourMs);
    await failed;
  });
});
