import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startControlPlane, type ControlPlane } from '@canaryop/testkit/control-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseFlags } from '../../src/options.ts';
import { only, parseManifests, readManifests, type Manifest } from '../manifests/manifest-files.ts';
import { chart, helm, kubectl, objectsOf, rendered, valuesFile, withoutOrigin } from './helm.ts';

const files = ['everything', 'plain-metrics', 'namespaced', 'bare'];
const config = join(import.meta.dirname, '../../../../config');
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'canaryop-helm-'));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

const render = async (...args: readonly string[]): Promise<readonly Manifest[]> =>
  objectsOf(await rendered(home, ...args));

const kustomized = (overlay: string): readonly Manifest[] =>
  parseManifests(execFileSync('kubectl', ['kustomize', join(config, overlay)], { encoding: 'utf8' }));

interface Manager {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: unknown;
      readonly spec: { readonly containers: readonly [{ readonly args: readonly string[]; readonly image: string }] };
    };
  };
}

const managerOf = (manifests: readonly Manifest[]): Manager =>
  only(manifests, 'Deployment', 'canaryop-controller-manager') as unknown as Manager;

const containerOf = (manifests: readonly Manifest[]): { readonly args: readonly string[]; readonly image: string } =>
  managerOf(manifests).spec.template.spec.containers[0];

const namesOf = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`).toSorted();

describe('helm lint', () => {
  it.each(['the defaults', ...files])('has nothing to say: %s', async (name) => {
    const args = files.includes(name) ? ['--values', valuesFile(name)] : [];
    const { code, stdout, stderr } = await helm(home, 'lint', '--strict', '--quiet', chart, ...args);
    expect(`${stdout}${stderr}`.trim()).toBe('');
    expect(code).toBe(0);
  });
});

describe('helm template', () => {
  it('renders config/default, object by object, with the namespace that helm itself would make', async () => {
    const objects = withoutOrigin(await render('--set=namespace.create=true'));
    expect(objects).toEqual(withoutOrigin(kustomized('default')));
    const [namespace, ...others] = namesOf(await render()).filter((name) => name.startsWith('Namespace'));
    expect([namespace, others]).toEqual([undefined, []]);
    expect((await render()).length).toBe(objects.size - 1);
  });

  it('renders config/namespaced where it is namespaced', async () => {
    const args = ['--values', valuesFile('namespaced'), '--namespace=default'];
    expect(withoutOrigin(await render(...args))).toEqual(withoutOrigin(kustomized('namespaced')));
  });

  it('renders config/alerts where alerts are received', async () => {
    const args = ['--set=namespace.create=true,alerts.enabled=true,alerts.namespaces={default}'];
    expect(withoutOrigin(await render(...args))).toEqual(withoutOrigin(kustomized('alerts')));
  });

  it('lets alerts be about the pods of the namespaces that are named, and of no other', async () => {
    const manifests = await render('--values', valuesFile('everything'));
    const names = namesOf(manifests).filter((name) => name.endsWith('-alert-receiver'));
    expect(names).toEqual(
      ['Role', 'RoleBinding'].flatMap((kind) =>
        ['shop', 'till'].map((namespace) => `${kind} ${namespace}/canaryop-alert-receiver`),
      ),
    );
  });

  it('asks for no Lease where there is no election', async () => {
    for (const args of [['--set=namespaced=true'], []]) {
      const leases = async (...more: readonly string[]): Promise<boolean> =>
        (await rendered(home, ...args, ...more)).includes('coordination.k8s.io');
      expect([await leases(), await leases('--set=leaderElection.enabled=false')]).toEqual([true, false]);
    }
  });

  it.each(files)('gives the operator flags that it knows: %s', async (name) => {
    const { args } = containerOf(await render('--values', valuesFile(name)));
    expect(() => parseFlags(args)).not.toThrow();
    expect(args.length).toBeGreaterThan(0);
  });

  it('has each option: everything', async () => {
    const manifests = await render('--values', valuesFile('everything'));
    const { args, image } = containerOf(manifests);
    expect(image).toBe('registry.example.com/team/canaryop:v9');
    expect(parseFlags(args)).toMatchObject({
      logLevel: 'debug',
      logFormat: 'console',
      metricsSecure: true,
      metricsCertDir: '/metrics-certificate',
      alertsBindAddress: ':9443',
      alertsCertDir: '/alerts-certificate',
      alertsNamespace: ['shop', 'till'],
      resolve: new Map([['prometheus.example.com:443', { host: '10.0.0.7', port: 9090 }]]),
    });
    expect(parseFlags(args).metricsAllowedHosts).toEqual(
      expect.arrayContaining(['prometheus.example.com', '*.monitoring.example.com']),
    );
    expect(managerOf(manifests).spec).toMatchObject({
      replicas: 2,
      template: {
        metadata: {
          annotations: { 'example.com/scrape': 'true', 'kubectl.kubernetes.io/default-container': 'manager' },
          labels: { team: 'platform', 'control-plane': 'controller-manager' },
        },
        spec: {
          serviceAccountName: 'releaser',
          imagePullSecrets: [{ name: 'pull-secret' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [{ key: 'dedicated', operator: 'Exists' }],
          affinity: { podAntiAffinity: expect.anything() },
          topologySpreadConstraints: [expect.objectContaining({ maxSkew: 1 })],
          priorityClassName: 'system-cluster-critical',
          volumes: ['alerts-certificate', 'metrics-certificate'].map((name) => ({
            name,
            secret: { secretName: name },
          })),
          containers: [
            expect.objectContaining({
              imagePullPolicy: 'Always',
              resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: expect.anything() },
              volumeMounts: ['alerts-certificate', 'metrics-certificate'].map((name) => ({
                name,
                mountPath: `/${name}`,
                readOnly: true,
              })),
            }),
          ],
        },
      },
    });
    const subject = { kind: 'ServiceAccount', name: 'releaser', namespace: 'canaryop-system' };
    expect(only(manifests, 'ServiceAccount', 'releaser').metadata.annotations).toEqual({
      'example.com/role': 'releaser',
    });
    expect(only(manifests, 'ClusterRoleBinding', 'canaryop-manager-rolebinding').subjects).toEqual([subject]);
    const definition = only(manifests, 'CustomResourceDefinition', 'canaryapps.canary.atze.io');
    expect(definition.metadata.annotations).toBeUndefined();
  });

  it('has the monitors of config/prometheus', async () => {
    const manifests = await render('--values', valuesFile('everything'), '--set=serviceMonitor.interval=');
    const monitor = only(manifests, 'ServiceMonitor', 'canaryop-controller-manager-metrics-monitor');
    expect(monitor.spec).toEqual(readManifests('config/prometheus/monitor.yaml')[0]?.spec);
    expect(monitor.metadata.labels).toMatchObject({ release: 'prometheus' });
    expect(only(manifests, 'PodMonitor', 'canaryop-controller-manager').spec).toMatchObject({
      podMetricsEndpoints: [{ port: 'https', interval: '1m', authorization: { credentials: { name: 'scraper' } } }],
    });
    const plain = await render('--values', valuesFile('plain-metrics'));
    expect(containerOf(plain).args).toContain('--metrics-bind-address=:8080');
    expect(only(plain, 'PodMonitor', 'canaryop-controller-manager').spec).toMatchObject({
      podMetricsEndpoints: [{ path: '/metrics', port: 'http' }],
    });
    expect(namesOf(plain).filter((name) => name.includes('metrics'))).toEqual([
      'Service canaryop-system/canaryop-controller-manager-metrics-service',
    ]);
  });

  it('has the dashboard as it is in config/grafana', async () => {
    const manifests = await render('--values', valuesFile('everything'));
    const map = only(manifests, 'ConfigMap', 'canaryop-dashboard') as Manifest & { readonly data: object };
    const file = await readFile(join(config, 'grafana/canaryop-dashboard.json'), 'utf8');
    expect(map.data).toEqual({ 'canaryop-dashboard.json': file });
    expect(map.metadata).toMatchObject({
      namespace: 'monitoring',
      labels: { grafana_dashboard: 'canaryop' },
      annotations: { grafana_folder: 'Releases' },
    });
  });

  it('leaves out what somebody else brings: bare', async () => {
    const manifests = await render('--values', valuesFile('bare'));
    expect(namesOf(manifests)).toEqual(['Deployment canaryop-system/canaryop-controller-manager']);
    expect(containerOf(manifests).args).toEqual(['--health-probe-bind-address=:8081', '--metrics-bind-address=0']);
    expect(managerOf(manifests).spec).toMatchObject({
      strategy: { type: 'Recreate' },
      template: { spec: { serviceAccountName: 'theirs' } },
    });
  });

  it('passes the metrics server on', async () => {
    const { args } = containerOf(await render('--set=metricsServer=http://prometheus.istio-system:9090'));
    expect(args).toContain('--metrics-server=http://prometheus.istio-system:9090');
  });

  it.each([
    ['a typing error', ['--set=replicas=2'], /replicas/],
    ['a control loop, which there is not', ['--set=controlLoopInterval=10s'], /changes wake the operator/],
    ['two that act at once', ['--set=replicaCount=2,leaderElection.enabled=false'], /two operators would act at once/],
    [
      'a monitor without metrics',
      ['--set=serviceMonitor.enabled=true,metrics.enabled=false'],
      /metrics that others can reach/,
    ],
    ['a PodMonitor that nobody lets in', ['--set=podMonitor.enabled=true'], /podMonitor.authorization is needed/],
    ['alerts about pods anywhere', ['--set=alerts.enabled=true'], /alerts.namespaces is needed/],
    [
      'alerts that nobody could be asked about',
      ['--set=alerts.enabled=true,namespaced=true,alerts.namespaces={a}'],
      /leave namespaced false/,
    ],
    ['an account without a name', ['--set=serviceAccount.create=false'], /serviceAccount.name is needed/],
    ['credentials in a URL', ['--set=metricsServer=http://me:secret@prometheus'], /metricsServer/],
  ])('refuses %s', async (_what, args, why) => {
    await expect(rendered(home, ...args)).rejects.toThrow(why);
  });
});

describe('a real API server', () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
  });

  afterAll(async () => {
    await controlPlane.stop();
  });

  const admin = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(controlPlane.adminKubeconfig, args, input);
    // kubectl's word on its own age is none of the server's.
    expect(stderr.replaceAll(/^warning: version difference.*\n/gim, '')).toBe('');
    expect(code).toBe(0);
    return stdout;
  };

  it('takes what helm renders by default, without a warning', async () => {
    const text = await rendered(home, '--set=namespace.create=true,grafana.dashboard.enabled=true');
    // As `kubectl apply` does: the namespace first, which helm sorts so.
    const applied = await admin(['apply', '-f', '-'], text);
    expect(applied.trim().split('\n')).toHaveLength(objectsOf(text).length);
    expect(applied).toContain('deployment.apps/canaryop-controller-manager created');
    expect(await admin(['apply', '-f', '-'], text)).not.toMatch(/created|configured/);
    await admin(['delete', '-f', '-', '--timeout=60s'], text);
  });

  it('is installed, upgraded and left by helm, which leaves the CRD', async () => {
    const at = [`--kubeconfig=${controlPlane.adminKubeconfig}`, '--namespace=releases'];
    const installed = await helm(home, 'install', 'canaryop', chart, '--create-namespace', ...at);
    expect([installed.code, installed.stderr]).toEqual([0, '']);
    expect(installed.stdout).toContain('CanaryOp v0.1.0 watches all namespaces.');
    const upgraded = await helm(home, 'upgrade', 'canaryop', chart, '--set=replicaCount=2', ...at);
    expect([upgraded.code, upgraded.stderr]).toEqual([0, '']);
    expect(await admin(['-n', 'releases', 'get', 'deployments', '-o', 'jsonpath={.items[*].spec.replicas}'])).toBe('2');
    const left = await helm(home, 'uninstall', 'canaryop', ...at);
    expect(left.code).toBe(0);
    expect(await admin(['-n', 'releases', 'get', 'deployments,serviceaccounts', '-o', 'name'])).not.toContain(
      'canaryop',
    );
    expect(await admin(['delete', 'crd', 'canaryapps.canary.atze.io'])).toContain('deleted');
  });
});
