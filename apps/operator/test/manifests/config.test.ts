import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { createApiServer } from '@canaryop/simkube';
import { describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { declareInformers } from '../../src/controllers/canaryapp/informers.ts';
import { canaryAppPermissions } from '../../src/controllers/canaryapp/permissions.ts';
import { modeOf } from '../../src/modes/mode-of.ts';
import { generatedManifests } from '../../src/manifests/manifests.ts';
import type { LiveObjects } from '../../src/rollout/live-objects.ts';
import { install } from './install.ts';
import { only, parseManifests, readManifests, type Manifest } from './manifest-files.ts';

const installed = readManifests('config/install.yaml');
const config = join(import.meta.dirname, '../../../../config');

interface PodTemplate {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: unknown };
    readonly template: {
      readonly metadata: { readonly labels: unknown };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly securityContext: unknown;
        readonly containers: readonly {
          readonly name: string;
          readonly args: readonly string[];
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
          readonly livenessProbe: { readonly httpGet: unknown };
          readonly readinessProbe: { readonly httpGet: unknown };
          readonly securityContext: unknown;
          readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
        }[];
      };
    };
  };
}

function managerOf(manifests: readonly Manifest[]) {
  const deployment = only(manifests, 'Deployment', 'canaryop-controller-manager') as unknown as PodTemplate;
  const { template } = deployment.spec;
  const [container, ...others] = template.spec.containers;
  if (container === undefined || others.length > 0) throw new Error('not exactly one container');
  return { deployment, template, pod: template.spec, container };
}

describe('the installation', () => {
  it('has the names that users of the original know', () => {
    const names = installed.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(names.toSorted()).toEqual([
      'ClusterRole /canaryop-canaryapp-editor-role',
      'ClusterRole /canaryop-canaryapp-viewer-role',
      'ClusterRole /canaryop-manager-role',
      'ClusterRole /canaryop-metrics-auth-role',
      'ClusterRole /canaryop-metrics-reader',
      'ClusterRoleBinding /canaryop-manager-rolebinding',
      'ClusterRoleBinding /canaryop-metrics-auth-rolebinding',
      'CustomResourceDefinition /canaryapps.canary.atze.io',
      'Deployment canaryop-system/canaryop-controller-manager',
      'Namespace /canaryop-system',
      'Role canaryop-system/canaryop-leader-election-role',
      'Role canaryop-system/canaryop-tracking-key-role',
      'RoleBinding canaryop-system/canaryop-leader-election-rolebinding',
      'RoleBinding canaryop-system/canaryop-tracking-key-rolebinding',
      'Service canaryop-system/canaryop-controller-manager-metrics-service',
      'ServiceAccount canaryop-system/canaryop-controller-manager',
    ]);
  });

  it('runs the manager with an election, probes and secure metrics', () => {
    const { deployment, template, pod, container } = managerOf(installed);
    expect(deployment.spec.selector.matchLabels).toEqual({ 'control-plane': 'controller-manager' });
    expect(template.metadata.labels).toEqual({ 'control-plane': 'controller-manager' });
    expect(pod.serviceAccountName).toBe('canaryop-controller-manager');
    expect(container.name).toBe('manager');
    expect(container.args).toEqual([
      '--leader-elect',
      '--health-probe-bind-address=:8081',
      '--metrics-bind-address=:8443',
      '--metrics-secure',
    ]);
    expect(container.ports).toEqual([
      { name: 'health', containerPort: 8081 },
      { name: 'https', containerPort: 8443 },
    ]);
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'health' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'health' });
  });

  it('satisfies the restricted Pod Security Standard, on a read-only file system and with bounds', () => {
    const { pod, container } = managerOf(installed);
    expect(pod.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const bound of ['requests', 'limits'] as const) {
      expect(Object.keys(container.resources[bound]).toSorted()).toEqual(['cpu', 'memory']);
    }
  });

  it('is accepted by an API server, object by object', async () => {
    const server = createApiServer({ env: virtualEnv({ seed: 1 }) });
    await expect(install(server, installed)).resolves.toBeUndefined();
    await server.close();
  });

  it('is what kubectl renders from config/default', () => {
    expect(installed).toEqual(kustomized('default'));
  });
});

describe('the namespaced installation', () => {
  const manifests = kustomized('namespaced');

  it('has nothing outside its namespace', () => {
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ServiceAccount default/canaryop-controller-manager',
      'Role default/canaryop-manager-role',
      'RoleBinding default/canaryop-manager-rolebinding',
      'Deployment default/canaryop-controller-manager',
    ]);
  });

  it('may do in its namespace what the other may do everywhere', () => {
    const rules = only(manifests, 'Role', 'canaryop-manager-role').rules ?? [];
    const election = only(installed, 'Role', 'canaryop-leader-election-role').rules ?? [];
    const key = only(installed, 'Role', 'canaryop-tracking-key-role').rules ?? [];
    const everywhere = only(installed, 'ClusterRole', 'canaryop-manager-role').rules ?? [];
    expect(rules).toEqual([...everywhere, ...election, ...key]);
  });

  it('tells the manager its namespace', () => {
    expect(managerOf(manifests).container.args).toContain('--namespace=$(POD_NAMESPACE)');
  });
});

describe('the health check for Argo CD', () => {
  const [patch, ...others] = readManifests('config/argocd/argocd_cm_patch.yaml');

  it('is a patch of argocd-cm with one key, which names the kind as Argo CD does', () => {
    expect(others).toEqual([]);
    expect(patch).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'argocd-cm' } });
    const { data } = patch as unknown as { readonly data: object };
    expect(Object.keys(data)).toEqual([`resource.customizations.health.${CanaryApp.group}_${CanaryApp.kind}`]);
  });
});

describe('the rights', () => {
  it('of the files are those of the code', () => {
    for (const [path, manifest] of Object.entries(generatedManifests())) {
      expect(readManifests(`config/${path}`), path).toEqual([JSON.parse(JSON.stringify(manifest))]);
    }
  });

  it('hold no wildcard', () => {
    const rules = [...installed, ...kustomized('namespaced')].flatMap((manifest) => manifest.rules ?? []);
    expect(rules.length).toBeGreaterThan(10);
    expect(JSON.stringify(rules)).not.toContain('*');
  });

  it('let informers list and watch, exactly where there are informers', () => {
    const informed = new Set<string>();
    const note = ({ group, plural }: { readonly group: string; readonly plural: string }): void => {
      informed.add(`${plural}.${group}`);
    };
    declareInformers({
      informer: (kind: ResourceKind) => {
        note(kind);
        return undefined as never;
      },
    });
    // What is watched only where an application needs it.
    for (const app of adoptedApps()) {
      const mode = modeOf(app);
      if (!('target' in mode)) throw new Error(mode.message);
      for (const { kind } of [...mode.target.reads, ...mode.target.owned, ...mode.router.reads]) note(kind);
      for (const kind of mode.router.kinds) note(kind);
      for (const { kind } of mode.target.furtherReads?.(withConfigMap) ?? []) note(kind);
    }
    const allowed = canaryAppPermissions
      .filter(({ verbs }) => verbs.includes('watch') && verbs.includes('list'))
      .map(({ resource }) => `${resource.plural}.${resource.group}`);
    expect(allowed.toSorted()).toEqual([...informed].toSorted());
  });
});

/** A namespace in which every Deployment refers to a ConfigMap. What Secrets need is no part of the installation. */
const withConfigMap: LiveObjects = {
  get: <T extends KubernetesObject>(kind: ResourceKind<T>, name: string) => {
    const envFrom = [{ configMapRef: { name: 'settings' } }];
    const spec = { template: { spec: { containers: [{ name: 'app', envFrom }] } } };
    const { version, group } = kind;
    return { apiVersion: `${group}/${version}`, kind: kind.kind, metadata: { name }, spec } as KubernetesObject as T;
  },
};

/** An application for each kind of thing that can be adopted, and each router. */
function adoptedApps(): readonly CanaryApp[] {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' };
  const specs = [
    {
      targetRef: deployment,
      autoscalerRef: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'a' },
    },
    { targetRef: deployment, autoscalerRef: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'a' } },
    { targetRef: { apiVersion: 'v1', kind: 'Service', name: 'a' } },
    {
      targetRef: { apiVersion: 'apps.openshift.io/v1', kind: 'DeploymentConfig', name: 'a' },
      canaryPod: { image: 'a:v1' },
    },
    { targetRef: deployment, traffic: { router: 'gateway-api' } },
  ];
  return specs.map((spec) =>
    CanaryApp.withDefaults({
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: { name: 'a', namespace: 'b' },
      spec: { service: { port: 80 }, ...spec },
    } as never),
  );
}

function kustomized(overlay: string): readonly Manifest[] {
  return parseManifests(execFileSync('kubectl', ['kustomize', join(config, overlay)], { encoding: 'utf8' }));
}
