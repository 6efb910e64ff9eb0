import { CanaryApp, createOperator } from '@canaryop/operator';
import { noCredentials } from '@canaryop/reconcile/client';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { validateObject } from '@canaryop/reconcile/validation';
import { adminUser, createCluster, EmbeddedPrometheus, type ImageRule } from '@canaryop/simkube';

import { readManifest, sampleManifest } from '../src/cluster/manifests.ts';
import { quickenedSample } from '../src/story/quickened-sample.ts';
import type { StoryEvent, StoryResult } from '../src/story/story-event.ts';
import { tellStory } from '../src/story/story.ts';

/** The demo's story in virtual time, without a socket. */
export async function tellVirtualStory(options: {
  readonly images?: readonly ImageRule[];
  readonly edit?: (sample: CanaryApp) => CanaryApp;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: StoryEvent) => void;
}): Promise<{ readonly events: readonly StoryEvent[]; readonly result: StoryResult }> {
  const env = virtualEnv();
  const cluster = createCluster({
    env,
    apiServer: { definitions: [CanaryApp.crd()] },
    world: { images: options.images ?? [] },
  });
  const { server, world } = cluster;
  const prometheus = new EmbeddedPrometheus(env);
  prometheus.scraper.add({ job: 'ingress', instance: 'ingress', collect: () => world.collect() });
  prometheus.scraper.start();
  const stopping = new AbortController();
  const operator = createOperator({
    env,
    connection: { server: 'https://simkube', transport: server.transport(adminUser), credentials: noCredentials },
    network: prometheus.transport(),
    resolve: () => Promise.resolve([]),
    validator: () => Promise.resolve(validateObject),
    addresses: {
      allowedHosts: [],
      resolve: new Map([['prometheus.istio-system.svc:9090', { host: '127.0.0.1', port: 9090 }]]),
      refusedAddresses: [],
    },
  });
  const operating = operator.start(stopping.signal);
  const [manifest] = await readManifest(sampleManifest);
  const sample = quickenedSample(manifest as CanaryApp);
  const events: StoryEvent[] = [];
  const story = tellStory({
    env,
    api: server.loopback,
    sample: options.edit?.(sample) ?? sample,
    send: (path) => world.ingress.fetch({ host: 'localhost:8090', path }),
    tell: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
    signal: options.signal ?? new AbortController().signal,
  });
  let isOver = false;
  const over = story.finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  try {
    await env.time.until(() => isOver);
    return { events, result: await story };
  } finally {
    stopping.abort();
    await env.time.advance(1000);
    await operating;
    prometheus.scraper.stop();
    await cluster.stop();
  }
}
