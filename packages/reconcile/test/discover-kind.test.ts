import { discoverKind, noCredentials } from '@canaryop/reconcile/client';
import { resourceKind } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer } from '@canaryop/simkube';
import { expect, it } from 'vitest';

it.each([
  ['', 'v1', 'pods', resourceKind({ group: '', version: 'v1', kind: 'Pod', plural: 'pods' })],
  [
    '',
    'v1',
    'namespaces',
    resourceKind({ group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }),
  ],
  [
    'apps',
    'v1',
    'deployments',
    resourceKind({ group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' }),
  ],
  ['apps', 'v1', 'nothings', undefined],
  ['nobody.io', 'v1', 'things', undefined],
])('of group "%s", version %s, the server says what %s are', async (group, version, plural, expected) => {
  const env = virtualEnv();
  const server = createApiServer({ env, bootstrapPolicy: false });
  const connection = { server: 'https://cluster', transport: server.transport(adminUser), credentials: noCredentials };
  expect(await discoverKind({ env, connection, userAgent: 'test' }, { group, version, plural })).toEqual(expected);
  await server.close();
});
