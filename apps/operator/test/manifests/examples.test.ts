import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { validateObject } from '@canaryop/reconcile/validation';
import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation } from '../../src/api/v1/names.ts';

import { exampleFolders, only, readManifests } from './manifest-files.ts';

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
      expect(validateObject(CanaryApp, sample)).toEqual([]);
    },
  );
});

describe('the examples', () => {
  const folders = exampleFolders();

  it('are one for each mode', () => {
    const modes = ['image', 'adopted-deployment', 'configuration', 'autoscaler', 'adopted-service', 'blue-green'];
    expect(folders).toEqual(
      expect.arrayContaining([
        ...modes,
        'external-name',
        'replica-ratio',
        'canary-pod',
        'gateway-api',
        'gateway-api-image',
      ]),
    );
  });

  it.each(folders)('%s has a CanaryApp that is valid, and what it refers to', (folder) => {
    const manifests = readManifests(`examples/${folder}/*.yaml`);
    const [app] = manifests.filter(({ kind }) => kind === 'CanaryApp');
    expect(validateObject(CanaryApp, app)).toEqual([]);
    const { targetRef, autoscalerRef, service, traffic } = (app?.spec ?? {}) as Partial<CanaryAppSpec>;
    for (const ref of [targetRef, autoscalerRef])
      if (ref !== undefined) expect(only(manifests, ref.kind, ref.name)).toMatchObject({ apiVersion: ref.apiVersion });
    const [host] = service?.hosts ?? [];
    const entrance =
      traffic?.router === 'gateway-api' ? { listeners: [{ hostname: host }] } : { servers: [{ hosts: [host] }] };
    for (const gateway of service?.gateways ?? [])
      expect(only(manifests, 'Gateway', gateway).spec).toMatchObject(entrance);
  });

  it.each(folders.filter((folder) => folder !== 'argocd'))('%s does not get in the way of another one', (folder) => {
    const namesOf = (each: string): readonly string[] =>
      readManifests(`examples/${each}/*.yaml`).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const others = folders.filter((other) => other !== folder).flatMap(namesOf);
    expect(namesOf(folder).filter((name) => others.includes(name))).toEqual([]);
  });

  it.each(folders)('%s is in the table of examples/README.md', (folder) => {
    const readme = readFileSync(join(import.meta.dirname, '../../../../examples/README.md'), 'utf8');
    expect(readme).toContain(`[${folder}](${folder})`);
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

describe('the policy of restricted verbs', () => {
  const manifests = readManifests('examples/restricted-verbs/*.yaml');
  const { metadata, spec } = only(manifests, 'ValidatingAdmissionPolicy', 'canaryop-restricted-verbs');

  it('is bound, and denies', () => {
    const binding = only(manifests, 'ValidatingAdmissionPolicyBinding', metadata.name);
    expect(binding.spec).toEqual({ policyName: metadata.name, validationActions: ['Deny'] });
  });

  it('names the verbs that its role has, and the annotation that the operator reads', () => {
    const [rule] = only(manifests, 'Role', 'canaryapp-releaser-role').rules ?? [];
    const verbs = rule?.verbs ?? [];
    const text = JSON.stringify(spec);
    expect(verbs).toEqual(['promote', 'skip', 'bypass']);
    expect(text).toContain(`variables.verb in [${verbs.map((verb) => `'${verb}'`).join(', ')}]`);
    expect(text).toContain(`[?'${commandAnnotation}']`);
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
