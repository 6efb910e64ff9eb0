import { virtualEnv } from '@canaryop/reconcile/testing';
import { expect, it } from 'vitest';

import { rateLimit } from './rate-limit.ts';

it('lets some pass at once, and so many a second after that', async () => {
  const env = virtualEnv();
  const mayPass = rateLimit(env.clock, { burst: 2, perSecond: 1 });
  expect([mayPass(), mayPass(), mayPass()]).toEqual([true, true, false]);
  await env.time.advance(1_000);
  expect([mayPass(), mayPass()]).toEqual([true, false]);
  await env.time.advance(60_000);
  expect([mayPass(), mayPass(), mayPass()]).toEqual([true, true, false]);
});
