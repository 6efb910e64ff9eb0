import { describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';

import { only, readManifests } from './manifest-files.ts';

/** The manifest of the README, word for word. */
const sample = {
  apiVersion: 'canary.atze.io/v1',
  kind: 'CanaryApp',
  metadata: { name: 'canaryapp-sample' },
  spec: {
    image: 'atzedevries/go-status-code-server:v1',
    imageListenPort: 8088,
    replicas: 2,
    testReplicas: 1,
    prometheusQuery:
      'increase(istio_requests_total{destination_service_name="canaryapp-sample",response_code=~"5.*"}[20s]) > 2',
    prometheusURL: 'http://prometheus.istio-system.svc:9090',
  },
};

const editing = [
  {
    apiGroups: ['canary.atze.io'],
    resources: ['canaryapps'],
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  },
  { apiGroups: ['canary.atze.io'], resources: ['canaryapps/status'], verbs: ['get'] },
];

describe('the samples', () => {
  it.each(['config/samples/canary_v1_canaryapp.yaml', 'examples/argocd/canaryapp.yaml'])(
    '%s is the README’s manifest, and valid',
    (path) => {
      const [manifest, ...others] = readManifests(path);
      expect(manifest).toEqual(sample);
      expect(others).toEqual([]);
      expect(CanaryApp.validate(sample)).toEqual([]);
    },
  );
});

describe('the examples of adopted workloads', () => {
  it.each(['examples/adopted-deployment', 'examples/adopted-service'])('%s has a CanaryApp that is valid', (folder) => {
    const manifests = readManifests(`${folder}/*.yaml`);
    const app = only(manifests, 'CanaryApp', 'podinfo');
    expect(CanaryApp.validate(app)).toEqual([]);
    const { kind, name } = (app.spec as { targetRef: { kind: string; name: string } }).targetRef;
    expect(only(manifests, kind, name)).toBeDefined();
  });
});

describe('the limited user', () => {
  const manifests = readManifests('examples/limited-user/*.yaml');

  it('may work with CanaryApps and do nothing else', () => {
    expect(only(manifests, 'Role', 'canaryapp-editor-role').rules).toEqual(editing);
    expect(only(readManifests('config/rbac/*.yaml'), 'ClusterRole', 'canaryapp-editor-role').rules).toEqual(editing);
  });

  it('is a ServiceAccount of the namespace default', () => {
    const binding = only(manifests, 'RoleBinding', 'limited-user-canaryapp-rolebinding');
    expect(binding.roleRef).toEqual({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'canaryapp-editor-role',
    });
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'limited-user', namespace: 'default' }]);
    expect(manifests).toHaveLength(2);
  });
});

describe('the Argo CD application', () => {
  const manifests = readManifests('examples/argocd-app/*.yaml');
  const here = { server: 'https://kubernetes.default.svc', namespace: 'default' };

  it('syncs examples/argocd into the namespace default by itself', () => {
    const application = only(manifests, 'Application', 'canary-demo-app');
    expect(application.metadata.namespace).toBe('argocd');
    expect(application.spec).toMatchObject({
      project: 'canary-app-demo',
      source: { path: 'examples/argocd' },
      destination: here,
      syncPolicy: { automated: {} },
    });
  });

  it('belongs to a project that allows that destination only', () => {
    const project = only(manifests, 'AppProject', 'canary-app-demo');
    expect(project.metadata.namespace).toBe('argocd');
    expect(project.spec).toMatchObject({ destinations: [here] });
  });
});
