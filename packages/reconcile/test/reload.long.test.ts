import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, createManager, processEnv } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import { TinyApiServer } from '@canaryop/reconcile/testing';

const count = 5000;
/** Ten times what was seen on two cores that had other work. */
const limitMs = 100;

describe('a reload', () => {
  it('has new code at work within a tenth of a second, with five thousand objects in memory', async () => {
    const env = processEnv();
    const api = new TinyApiServer();
    for (let index = 0; index < count; index += 1) {
      const metadata = { namespace: 'n', name: `c${index}` };
      api.put('/api/v1/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    }
    const connection = { server: 'http://api.test', transport: api, credentials: noCredentials };
    const manager = createManager({ env, connection, fieldManager: 'dev' });
    let told = (): void => undefined;
    const version = (name: string, seen: string[]) =>
      controller('sites')
        .for(ConfigMap)
        .reconcile((key) => {
          seen.push(`${name} ${key.name}`);
          if (seen.length === 1 || seen.length === count) told();
          return Promise.resolve();
        });
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        told = resolve;
      });
    const stop = new AbortController();
    const [old, fresh]: [string[], string[]] = [[], []];
    manager.add(version('old', old));
    const run = manager.start(stop.signal);
    while (old.length < count) await next();
    const requests = api.requests.length;
    const fromMs = env.clock.monotonic();
    const first = next();
    await manager.reload([version('new', fresh)]);
    await first;
    const tookMs = env.clock.monotonic() - fromMs;
    expect(tookMs, `${tookMs} ms`).toBeLessThan(limitMs);
    while (fresh.length < count) await next();
    expect(api.requests).toHaveLength(requests);
    env.log.info('reloaded', { tookMs });
    stop.abort();
    await run;
  });
});
