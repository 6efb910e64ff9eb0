import { describe, expect, it } from 'vitest';

import { requestInfo } from './request-info.ts';

const read = (request: string): string => {
  const [method = '', url = ''] = request.split(' ');
  const { pathname, searchParams } = new URL(url, 'https://cluster');
  const info = requestInfo({ method, path: pathname, query: searchParams, headers: {}, body: new Uint8Array() });
  if (!info.isResource) return `${info.verb} ${info.path}`;
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return `${info.verb} ${info.group}|${info.version} ${resource} ${info.namespace ?? '*'} ${info.name}`.trim();
};

describe('a request', () => {
  it.each([
    ['GET /api/v1/pods', 'list |v1 pods *'],
    ['GET /api/v1/namespaces/a/pods/p', 'get |v1 pods a p'],
    ['GET /api/v1/namespaces/a/pods/p/log?follow=true', 'get |v1 pods/log a p'],
    ['GET /api/v1/namespaces/a/pods?watch=1', 'watch |v1 pods a'],
    ['GET /api/v1/namespaces/a', 'get |v1 namespaces * a'],
    ['PUT /api/v1/namespaces/a/finalize', 'update |v1 namespaces/finalize * a'],
    ['PATCH /api/v1/namespaces/a/status', 'patch |v1 namespaces/status * a'],
    ['POST /apis/apps/v1/namespaces/a/deployments', 'create apps|v1 deployments a'],
    ['DELETE /apis/apps/v1/namespaces/a/deployments', 'deletecollection apps|v1 deployments a'],
    [
      'DELETE /apis/rbac.authorization.k8s.io/v1/clusterroles/a%3Ab',
      'delete rbac.authorization.k8s.io|v1 clusterroles * a:b',
    ],
    ['GET /apis/apps/v1', 'get /apis/apps/v1'],
    ['GET /version', 'get /version'],
    ['GET /api/v1/configmaps/%ZZ', 'get |v1 configmaps * %ZZ'],
  ])('%s asks to %s', (request, expected) => {
    expect(read(request)).toBe(expected);
  });
});
