import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { adminUser, createCluster, declaredPorts, serverProgram, type HttpHandler } from '../../src/index.ts';
import { deploymentKind } from '../../src/kinds/apps-v1.ts';
import { serviceKind } from '../../src/kinds/core-v1.ts';
import { ApiClient } from '../api-client.ts';
import { deploymentOf } from '../virtual-cluster.ts';
import { configMap } from '../widgets.ts';
import { configuration, rule, webhook } from './stand-in.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

/** Refuses everything. */
const refuse: HttpHandler = ({ body = '{}' }) => {
  const { apiVersion, kind, request } = JSON.parse(body) as {
    apiVersion: string;
    kind: string;
    request: { uid: string };
  };
  const response = { uid: request.uid, allowed: false, status: { message: 'says the pod' } };
  return Promise.resolve({ status: 200, headers: {}, body: JSON.stringify({ apiVersion, kind, response }) });
};

describe('a webhook behind a Service of the simulated cluster', () => {
  it('is asked once a pod is ready, and cannot be before', async () => {
    const env = virtualEnv();
    const images = [{ match: /^hook:/, behaviour: { program: serverProgram(declaredPorts, refuse) } }];
    const cluster = createCluster({ env, istio: false, world: { images } });
    const { server } = cluster;
    const client = new ApiClient(server.transport(adminUser));
    server.loopback.create(serviceKind, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook', namespace: 'default' },
      spec: { selector: { app: 'hook' }, ports: [{ name: 'https', port: 443, targetPort: 'http' }] },
    });
    const clientConfig = { service: { namespace: 'default', name: 'hook' } };
    const own = webhook('own', { clientConfig, rules: [rule('*', 'configmaps')] });
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    await client.post(path, configuration('Validating', 'v', [own]));
    const early = await client.post(configMaps, configMap('a'));
    expect(early.body.message).toMatch(/: dial tcp \S+:443: connect: connection refused$/u);
    server.loopback.create(deploymentKind, deploymentOf('hook', 'hook:v1'));
    await env.time.advance(5000);
    const answer = client.post(configMaps, configMap('a'));
    await env.time.advance(100);
    expect((await answer).body.message).toBe('admission webhook "own.example.com" denied the request: says the pod');
    await cluster.stop();
  });
});
