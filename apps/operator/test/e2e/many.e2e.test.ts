import { describe, it } from 'vitest';

import { env } from './stage/env.ts';
import { fileStage, ownWorld } from './stage/file-stage.ts';
import { measured } from './stage/measured.ts';
import { image } from './stage/released-app.ts';

const stage = fileStage();

const count = 50;

describe(`${count} applications with hosts of their own`, () => {
  it('are released at once, and not one request to one of them fails', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const operator = await stage.operators.start();
    await operator.line('leading');
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    const apps = await Promise.all(names.map((name) => stage.app('e2e-many', { name, host: `${name}.example.com` })));
    const spec = { replicas: 1, deploymentReadyWaitTime: 5, drainSeconds: 5 };
    await Promise.all(apps.map((app) => app.install(ingressPort, spec)));
    const requests = apps.map((app) => app.requests(ingressPort, '/hello', 2));
    const startedAt = env.clock.monotonic();
    await Promise.all(apps.map((app) => app.set({ image: image('v2') })));
    await Promise.all(apps.map((app) => app.untilPhase('Released', 150_000)));
    const seconds = (env.clock.monotonic() - startedAt) / 1000;
    await Promise.all(requests.map((each) => each.stop()));
    const memory = await operator.residentMiB();
    measured(`${count} releases at once in ${seconds.toFixed(1)} s; the operator has ${memory.toFixed(0)} MiB`);
    expect(requests.flatMap(({ failures }) => failures)).toEqual([]);
    for (const app of apps) {
      expect(app.status.releasedImage).toBe(image('v2'));
      expect(app.weights.map(({ weight }) => weight)).toEqual([0, 25, 50, 0]);
    }
    // The memory that its Deployment is limited to.
    expect(memory).toBeLessThan(320);
  });
});
