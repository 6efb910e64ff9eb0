import { describe, expect, it } from 'vitest';

import { compareAccess, rightOf, rightsOf } from './access.ts';

describe('the right that a request uses', () => {
  it.each<[string, string, string | undefined]>([
    ['GET', '/api/v1/pods', 'list /pods'],
    ['GET', '/api/v1/pods?watch=true', 'watch /pods'],
    ['GET', '/api/v1/namespaces/a/pods?watch=1', 'watch /pods'],
    ['GET', '/api/v1/namespaces/a/pods/b', 'get /pods'],
    ['GET', '/api/v1/namespaces/a/pods/b/log', 'get /pods/log'],
    ['GET', '/api/v1/namespaces', 'list /namespaces'],
    ['GET', '/api/v1/namespaces/a', 'get /namespaces'],
    ['POST', '/apis/apps/v1/namespaces/a/deployments', 'create apps/deployments'],
    ['PATCH', '/apis/apps/v1/namespaces/a/deployments/b/scale', 'patch apps/deployments/scale'],
    ['PUT', '/apis/demo.io/v1/things/b', 'update demo.io/things'],
    ['DELETE', '/apis/demo.io/v1/things/b', 'delete demo.io/things'],
    ['DELETE', '/apis/demo.io/v1/things?labelSelector=a', 'deletecollection demo.io/things'],
    ['OPTIONS', '/apis/demo.io/v1/things', undefined],
    ['GET', '/apis/demo.io/v1', undefined],
    ['GET', '/version', undefined],
    ['GET', '/', undefined],
  ])('%s %s: %s', (method, path, right) => {
    expect(rightOf(method, `https://server:6443${path}`)).toBe(right);
  });
});

describe('what was granted, beside what was used', () => {
  const pods = { group: '', plural: 'pods' };
  const granted = rightsOf([
    { resource: pods, verbs: ['list', 'watch'] },
    { resource: pods, subresource: 'status', verbs: ['patch'] },
    { resource: pods, verbs: ['get'], names: ['one'] },
  ]);

  it('is one right for each verb, whatever the names', () => {
    expect([...granted]).toEqual(['list /pods', 'watch /pods', 'patch /pods/status', 'get /pods']);
  });

  it('tells what could go, and what is missing', () => {
    expect(compareAccess(granted, new Set(['watch /pods', 'get /pods', 'create /pods']))).toEqual({
      unused: ['list /pods', 'patch /pods/status'],
      missing: ['create /pods'],
    });
  });
});
