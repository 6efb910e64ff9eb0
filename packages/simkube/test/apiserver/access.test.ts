import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { adminUser, createApiServer, serviceAccountUser, type ApiServer, type RequestRecord } from '../../src/index.ts';
import { ApiClient } from '../api-client.ts';
import { configMap } from '../widgets.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const limited = serviceAccountUser('default', 'limited-user');

let env: VirtualEnv;
let server: ApiServer;
let admin: ApiClient;
let user: ApiClient;
let records: RequestRecord[];
beforeEach(() => {
  env = virtualEnv();
  records = [];
  server = createApiServer({ env, onRequest: (record) => records.push(record) });
  admin = new ApiClient(server.transport(adminUser));
  user = new ApiClient(server.transport(limited));
});

async function allow(
  rules: readonly object[],
  subject: object = { kind: 'ServiceAccount', name: 'limited-user', namespace: 'default' },
): Promise<void> {
  const namespaced = `${rbac}/namespaces/default`;
  await admin.post(`${namespaced}/roles`, { metadata: { name: 'r' }, rules });
  await admin.post(`${namespaced}/rolebindings`, {
    metadata: { name: 'b' },
    subjects: [subject],
    roleRef: { kind: 'Role', name: 'r' },
  });
}

describe('RBAC', () => {
  it.each([
    [
      '/api/v1/namespaces/default/pods',
      'pods is forbidden: User "system:serviceaccount:default:limited-user" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      '/apis/apps/v1/deployments',
      'deployments.apps is forbidden: User "system:serviceaccount:default:limited-user" cannot list resource "deployments" in API group "apps" at the cluster scope',
    ],
    [
      '/api/v1/namespaces/default/pods/x/log',
      'pods "x" is forbidden: User "system:serviceaccount:default:limited-user" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    ['/metrics', 'forbidden: User "system:serviceaccount:default:limited-user" cannot get path "/metrics"'],
  ])('refuses %s in the words of a real server', async (path, message) => {
    const { status, body } = await user.get(path);
    expect([status, body.reason, body.message]).toEqual([403, 'Forbidden', message]);
  });

  it('allows what a Role grants, in its namespace and for its verbs only', async () => {
    await allow([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }]);
    const statuses = [
      await user.get('/api/v1/namespaces/default/configmaps'),
      await user.get('/api/v1/namespaces/kube-system/configmaps'),
      await user.get('/api/v1/configmaps'),
      await user.post('/api/v1/namespaces/default/configmaps', configMap('a')),
      await user.get('/api/v1/namespaces/default/configmaps?watch=true'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 403, 403, 403, 403]);
  });

  it('knows resourceNames and subresources', async () => {
    await admin.post('/api/v1/namespaces/default/configmaps', configMap('a'));
    await admin.post('/api/v1/namespaces/default/configmaps', configMap('b'));
    await allow([
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['*'] },
    ]);
    const statuses = [
      await user.get('/api/v1/namespaces/default/configmaps/a'),
      await user.get('/api/v1/namespaces/default/configmaps/b'),
      await user.get('/apis/apps/v1/namespaces/default/deployments/d/scale'),
      await user.get('/apis/apps/v1/namespaces/default/deployments/d'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 403, 404, 403]);
  });

  it('binds groups, and says when a bound role does not exist', async () => {
    await admin.post(`${rbac}/clusterrolebindings`, {
      metadata: { name: 'ghost' },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:default' }],
      roleRef: { kind: 'ClusterRole', name: 'ghost' },
    });
    const { body } = await user.get('/api/v1/nodes');
    expect(body.message).toMatch(/: RBAC: clusterrole\.rbac\.authorization\.k8s\.io "ghost" not found$/u);
  });

  it('aggregates labelled ClusterRoles into admin, edit and view', async () => {
    await admin.post(`${rbac}/clusterroles`, {
      metadata: { name: 'widgets-view', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }],
    });
    await env.time.settle();
    await env.time.settle();
    for (const name of ['view', 'edit', 'admin']) {
      const { body } = await admin.get(`${rbac}/clusterroles/${name}`);
      expect(JSON.stringify(body['rules'])).toContain('widgets');
    }
  });

  it('never changes the role of a binding', async () => {
    await allow([]);
    const { status } = await admin.merge(`${rbac}/namespaces/default/rolebindings/b`, { roleRef: { name: 'other' } });
    expect(status).toBe(422);
  });
});

describe('impersonation', () => {
  it('takes the place of an administrator who asks for it', async () => {
    const as = new ApiClient(server.transport(adminUser), { 'impersonate-user': limited.username });
    const { body } = await as.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(body['status']).toEqual({
      userInfo: {
        username: limited.username,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      },
    });
  });

  it('needs the verb impersonate', async () => {
    const as = new ApiClient(server.transport(limited), {
      'impersonate-user': 'root',
      'impersonate-group': 'system:masters',
    });
    const { status, body } = await as.get('/api/v1/pods');
    expect([status, body.message]).toEqual([
      403,
      'users "root" is forbidden: User "system:serviceaccount:default:limited-user" cannot impersonate resource "users" in API group "" at the cluster scope',
    ]);
  });
});

describe('authentication', () => {
  const token = async (name: string): Promise<string> => {
    await admin.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name } });
    const { body } = await admin.post<{ status: { token: string } }>(
      `/api/v1/namespaces/default/serviceaccounts/${name}/token`,
      { spec: { expirationSeconds: 600 } },
    );
    return body.status.token;
  };
  const bearer = (text: string): ApiClient => new ApiClient(server.transport(), { authorization: `Bearer ${text}` });

  it('knows a ServiceAccount by its token until it runs out', async () => {
    const client = bearer(await token('robot'));
    const { body } = await client.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(body['status']).toMatchObject({ userInfo: { username: 'system:serviceaccount:default:robot' } });
    await env.time.advance(600_000);
    expect((await client.get('/api')).status).toBe(401);
  });

  it('refuses the token of a deleted account, and one that is forged', async () => {
    const text = await token('robot');
    await admin.delete('/api/v1/namespaces/default/serviceaccounts/robot');
    const [head = '', payload = ''] = text.split('.');
    expect([
      (await bearer(text).get('/api')).status,
      (await bearer(`${head}.${payload}.x`).get('/api')).status,
    ]).toEqual([401, 401]);
  });

  it('refuses a token once another account has the name', async () => {
    const text = await token('robot');
    await admin.delete('/api/v1/namespaces/default/serviceaccounts/robot');
    await token('robot');
    expect((await bearer(text).get('/api')).status).toBe(401);
  });

  it('lets anyone without credentials see the version, and nothing else', async () => {
    const nobody = new ApiClient(server.transport());
    expect([(await nobody.get('/version')).status, (await nobody.get('/apis')).status]).toEqual([200, 403]);
  });

  it('reviews tokens for others', async () => {
    const { body } = await admin.post('/apis/authentication.k8s.io/v1/tokenreviews', {
      spec: { token: await token('robot') },
    });
    expect(body['status']).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:robot' },
    });
    const bad = await admin.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } });
    expect(bad.body['status']).toMatchObject({ authenticated: false });
  });
});

describe('an access review', () => {
  const ask = async (client: ApiClient, kind: string, spec: object): Promise<unknown> =>
    (await client.post<{ status: { allowed: boolean } }>(`/apis/authorization.k8s.io/v1/${kind}`, { spec })).body.status
      .allowed;

  it('answers as RBAC would', async () => {
    await allow([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
    const get = { verb: 'get', resource: 'pods', namespace: 'default' };
    const answers = [
      await ask(user, 'selfsubjectaccessreviews', { resourceAttributes: get }),
      await ask(user, 'selfsubjectaccessreviews', { resourceAttributes: { ...get, verb: 'delete' } }),
      await ask(admin, 'subjectaccessreviews', { user: limited.username, resourceAttributes: get }),
      await ask(admin, 'subjectaccessreviews', { user: 'other', resourceAttributes: get }),
      await ask(admin, 'subjectaccessreviews', {
        user: 'x',
        groups: ['system:masters'],
        nonResourceAttributes: { path: '/metrics', verb: 'get' },
      }),
    ];
    expect(answers).toEqual([true, false, true, false, true]);
  });
});

describe('the audit log', () => {
  it('has one record for each request, refused ones too', async () => {
    await user.post('/api/v1/namespaces/default/configmaps', configMap('a'));
    await admin.merge('/apis/apps/v1/namespaces/default/deployments/d/scale?dryRun=All', { spec: {} });
    expect(
      records.map(({ user: who, verb, group, resource, subresource, name, code, dryRun }) => [
        who,
        verb,
        group,
        resource,
        subresource,
        name,
        code,
        dryRun,
      ]),
    ).toEqual([
      [limited.username, 'create', '', 'configmaps', '', '', 403, false],
      [adminUser.username, 'patch', 'apps', 'deployments', 'scale', 'd', 404, true],
    ]);
  });
});
