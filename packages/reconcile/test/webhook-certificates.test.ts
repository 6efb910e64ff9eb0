import { describe, expect, it } from 'vitest';

import { certificatesIn, isSignedBy, readCertificate, type Certificate } from '@canaryop/reconcile/certificates';
import { noCredentials } from '@canaryop/reconcile/client';
import { CustomResourceDefinitionKind, defineKind, s, type CustomResourceDefinition } from '@canaryop/reconcile/crd';
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { Secret } from '@canaryop/reconcile/kinds';
import { controllerMetrics, metricsRegistry } from '@canaryop/reconcile/metrics';
import { recordingLogger, virtualEnv } from '@canaryop/reconcile/testing';
import { kindVersions, olderVersion } from '@canaryop/reconcile/versions';
import { loadedCertificates, trustTargets, webhookCertificates } from '@canaryop/reconcile/webhook';
import { adminUser, createApiServer } from '@canaryop/simkube';

import { Wire } from './library/wire.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const lifetimes = { authorityMs: 12 * hourMs, servingMs: 3 * hourMs, settleMs: 10 * minuteMs };
const { timers } = processEnv();
const spec = s.object({});
const old = defineKind({ group: 'demo.io', version: 'v1beta1', kind: 'Room', spec });
const current = defineKind({ group: 'demo.io', version: 'v1', kind: 'Room', spec });
const same = { up: (body: object) => body as never, down: (body: object) => body as never };
const rooms = kindVersions(current, [olderVersion(current, old, same)]);
const secret = { namespace: 'default', name: 'certificate' };
const service = { namespace: 'default', name: 'rooms' };

/** An operator that keeps certificates, as it lives through virtual time. */
function world() {
  const env = virtualEnv();
  const server = createApiServer({ env, definitions: [rooms.crd({ webhook: { service } })] });
  const working: (() => boolean)[] = [];
  const replica = (name: string) => {
    const transport = server.transport(adminUser);
    const wire = new Wire({ server: 'https://cluster', transport, credentials: noCredentials });
    const shown: Certificate[] = [];
    const stop = new AbortController();
    const source = webhookCertificates({
      env,
      connection: wire,
      fieldManager: name,
      secret,
      hosts: ['rooms.default.svc'],
      targets: trustTargets('rooms', [], [rooms]),
      lifetimes,
      metrics: {
        ...controllerMetrics(metricsRegistry())(name),
        observe: (state) => working.push(() => state.activeWorkers > 0),
      },
    });
    const ended = source.run((certificate) => shown.push(certificate), stop.signal);
    return { wire, shown, source, stop: () => stop.abort(), ended };
  };
  const trusted = (): readonly string[] => {
    const crd = server.loopback.get(CustomResourceDefinitionKind, { name: 'rooms.demo.io' });
    const { conversion } = (crd as CustomResourceDefinition).spec;
    const bundle = conversion?.webhook?.clientConfig?.caBundle ?? '';
    return certificatesIn(Buffer.from(bundle, 'base64').toString());
  };
  /** Keys are made in real time; virtual time goes on between. */
  const until = async (isDone: () => boolean): Promise<void> => {
    for (let turns = 0; turns < 6000 && !isDone(); turns += 1) {
      await env.time.advance(10);
      await sleep(timers, 1);
    }
    expect(isDone()).toBe(true);
  };
  /** A minute, and then what was begun in it. */
  const minute = async (): Promise<void> => {
    await env.time.advance(minuteMs);
    await until(() => !working.some((isWorking) => isWorking()));
  };
  return { env, server, replica, trusted, until, minute };
}

describe('the certificates of webhooks', () => {
  it('are valid and trusted at every moment of two lives of an authority, and cost nothing at rest', async () => {
    const w = world();
    const { shown, wire } = w.replica('rooms');
    await w.until(() => shown.length > 0 && w.trusted().length > 0);
    const serving = () => shown.at(-1)?.cert ?? '';
    for (let step = 0; step < 24 * 60; step += 1) {
      await w.minute();
      expect(w.trusted().some((authority) => isSignedBy(serving(), authority))).toBe(true);
      expect(readCertificate(serving())?.notAfterMs).toBeGreaterThan(w.env.clock.now() + 45 * minuteMs);
    }
    // A certificate every two hours, an authority every eight, and an end for each; each change of trust is told once.
    expect(shown.length).toBeGreaterThanOrEqual(12);
    expect(w.trusted().length).toBeLessThanOrEqual(2);
    expect(wire.writes.length).toBeLessThan(shown.length + 16);
    await w.server.close();
  });

  it('are one, whoever of two replicas makes it, and both show it', async () => {
    const w = world();
    const [first, second] = [w.replica('rooms'), w.replica('rooms')];
    await w.until(() => first.shown.length > 0 && second.shown.length > 0);
    expect(first.shown[0]).toEqual(second.shown[0]);
    await w.server.close();
  });

  it('are made anew when the Secret is deleted, or somebody writes nonsense into it', async () => {
    const w = world();
    const { shown } = w.replica('rooms');
    await w.until(() => shown.length === 1);
    w.server.loopback.delete(Secret, secret);
    await w.until(() => shown.length === 2);
    const live = w.server.loopback.get(Secret, secret);
    w.server.loopback.update(Secret, {
      ...live,
      data: { 'ca.key': 'bm8=', 'tls.crt': 'bm8=', 'tls.key': 'bm8=' },
    } as Secret);
    await w.until(() => shown.length === 3);
    await w.server.close();
  });

  it('say what is in the way while there is none, and go on by themselves', async () => {
    const w = world();
    const { source, wire, shown } = w.replica('rooms');
    wire.cut();
    await w.env.time.advance(5000);
    expect(source.problem).toContain('secrets: ');
    wire.mend();
    await w.until(() => shown.length > 0 && source.problem === undefined);
    await w.server.close();
  });
});

describe('certificates that others make', () => {
  it('are read again every minute; what cannot be read leaves the last good one', async () => {
    const { log, lines } = recordingLogger();
    const env = virtualEnv({ log });
    const w = world();
    const { shown: made } = w.replica('rooms');
    await w.until(() => made.length > 0);
    const [good] = made;
    if (good === undefined) throw new Error('there is no certificate');
    let answer: () => Promise<Certificate> = () => Promise.resolve(good);
    const source = loadedCertificates(env, () => answer());
    const used: Certificate[] = [];
    const stop = new AbortController();
    const ended = source.run((certificate) => used.push(certificate), stop.signal);
    await env.time.advance(1);
    // A disk that is full leaves half of a file.
    answer = () => Promise.resolve({ cert: good.cert, key: good.key.slice(0, 40) });
    await env.time.advance(180_000);
    expect(used).toEqual([good]);
    expect(source.problem).toBe('the certificate cannot be read: the key is not that of the certificate');
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    answer = () => Promise.resolve(good);
    await env.time.advance(60_000);
    expect(source.problem).toBeUndefined();
    stop.abort();
    await ended;
    await w.server.close();
  });
});
