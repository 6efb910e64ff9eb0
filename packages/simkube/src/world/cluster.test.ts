import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { adminUser } from '../apiserver/authn/user-info.ts';
import { deploymentOf } from '../../test/virtual-cluster.ts';
import { deploymentKind } from '../kinds/apps-v1.ts';
import { podKind } from '../kinds/core-v1.ts';
import type { ProgramContext } from '../kubelet/program.ts';
import { createCluster } from './cluster.ts';
import { untilTerminated } from './in-process-programs.ts';

function clusterWith(run: (context: ProgramContext) => void) {
  const env = virtualEnv();
  const program = async (context: ProgramContext): Promise<number> => {
    run(context);
    await untilTerminated(context.signal);
    return 0;
  };
  const cluster = createCluster({
    env,
    istio: false,
    world: { images: [{ match: /^operator:/, behaviour: { program } }] },
  });
  return { env, cluster, api: cluster.server.loopback };
}

const url = 'https://cluster/api/v1/namespaces/default/pods';

describe('a cluster', () => {
  it('gives a program a token that the API server accepts as its service account', async () => {
    let token: string | undefined;
    const { env, cluster, api } = clusterWith((context) => {
      token = context.serviceAccountToken();
    });
    await env.time.advance(100);
    api.create(deploymentKind, deploymentOf('operator', 'operator:v1'));
    await env.time.advance(2000);
    const headers = { authorization: `Bearer ${token}` };
    const answer = await cluster.server.transport().request({ method: 'GET', url, headers });
    let body = '';
    for await (const chunk of answer.body) body += new TextDecoder().decode(chunk);
    expect(answer.status).toBe(403);
    expect(body).toContain('system:serviceaccount:default:default');
    await cluster.stop();
  });

  it('gives none to a pod that does not want one', async () => {
    let token: string | undefined = 'not asked';
    const { env, cluster, api } = clusterWith((context) => {
      token = context.serviceAccountToken();
    });
    await env.time.advance(100);
    const spec = { automountServiceAccountToken: false };
    api.create(deploymentKind, deploymentOf('operator', 'operator:v1', { spec }));
    await env.time.advance(2000);
    expect(token).toBeUndefined();
    await cluster.stop();
  });

  it('serves logs over its API, and stops following when the reader goes', async () => {
    const { env, cluster, api } = clusterWith((context) => context.log('hello'));
    await env.time.advance(100);
    api.create(deploymentKind, deploymentOf('operator', 'operator:v1'));
    await env.time.advance(2000);
    const [pod] = api.list(podKind, { namespace: 'default' });
    const reader = new AbortController();
    const answer = await cluster.server.transport(adminUser).request({
      method: 'GET',
      url: `${url}/${pod?.metadata.name}/log?follow=true`,
      headers: {},
      signal: reader.signal,
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of answer.body) seen.push(new TextDecoder().decode(chunk));
    })().catch((error: unknown) => `ended: ${String(error)}`);
    await env.time.settle();
    expect(seen).toEqual(['hello\n']);
    reader.abort();
    expect(await reading).toContain('aborted');
    await cluster.stop();
  });

  it('refuses the log of a container that waits with a 400', async () => {
    const { env, cluster, api } = clusterWith(() => undefined);
    await env.time.advance(100);
    api.create(deploymentKind, deploymentOf('web', 'app:pull-error'));
    await env.time.advance(5000);
    const [pod] = api.list(podKind, { namespace: 'default' });
    const request = { method: 'GET', url: `${url}/${pod?.metadata.name}/log`, headers: {} };
    expect(await cluster.server.transport(adminUser).request(request)).toMatchObject({ status: 400 });
    await cluster.stop();
  });
});
