import type { CanaryApp } from '@canaryop/operator';
import { undiciTransport } from '@canaryop/reconcile/client';
import type { Env, Transport } from '@canaryop/reconcile/env';

import { startDemoCluster } from '../cluster/demo-cluster.ts';
import { readManifest, sampleManifest } from '../cluster/manifests.ts';
import { override, quickenedSample } from '../story/quickened-sample.ts';
import type { Send } from '../story/steady-requests.ts';
import type { StoryEvent, StoryResult } from '../story/story-event.ts';
import { tellStory } from '../story/story.ts';

/** How the demo is run. */
export interface DemoOptions {
  readonly env: Env;
  readonly ingressPort: number;
  readonly installedPrometheus: boolean;
  readonly tell: (event: StoryEvent) => void;
  readonly signal: AbortSignal;
}

/** The whole story in real time, on real sockets. Rejects when a port is taken, and when it is aborted. */
export async function runDemo({ env, tell, signal, ...options }: DemoOptions): Promise<StoryResult> {
  const cluster = await startDemoCluster({ env, ...options, port: 0, operator: true });
  const transport = undiciTransport();
  try {
    tell({
      event: 'cluster',
      readyMs: Math.round(cluster.readyMs),
      apiServer: cluster.server.url,
      ingress: cluster.ingressUrl,
    });
    const sample = quickenedSample(await readSample());
    tell({ event: 'applied', manifest: sampleManifest, override });
    const api = cluster.server.loopbackAs('kubectl-patch');
    return await tellStory({ env, api, send: sender(transport, cluster.ingressUrl), sample, tell, signal });
  } finally {
    await cluster.stop();
    await transport.close();
  }
}

async function readSample(): Promise<CanaryApp> {
  const [sample] = await readManifest(sampleManifest);
  if (sample?.kind !== 'CanaryApp') throw new Error(`${sampleManifest} does not hold a CanaryApp`);
  return sample as CanaryApp;
}

function sender(transport: Transport, ingressUrl: string): Send {
  return async (path) => {
    try {
      const response = await transport.request({ method: 'GET', url: `${ingressUrl}${path}`, headers: {} });
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      return { status: response.status, body: Buffer.concat(chunks).toString() };
    } catch (error) {
      return { status: 0, body: String(error) };
    }
  };
}
