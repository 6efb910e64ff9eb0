import { readFile } from 'node:fs/promises';

import { stringify } from 'yaml';

import { repositoryPath, type ArgoCdWorld } from './argocd-world.ts';
import { parseManifests } from '../manifests/manifest-files.ts';

const address = 'https://github.com/AtzeDeVries/canaryop';
const files = ['examples/argocd-app/project.yaml', 'examples/argocd-app/application.yaml'] as const;

/** Of the example. */
export const exampleApplication = { namespace: 'argocd', name: 'canary-demo-app' } as const;
export const exampleCanaryApp = { namespace: 'default', name: 'canaryapp-sample' } as const;

/** The example's CanaryApp, as it is. */
export const exampleFile = 'examples/argocd/canaryapp.yaml';

/** Text of a file of this repository. */
export function repositoryFile(path: string): Promise<string> {
  return readFile(repositoryPath(path), 'utf8');
}

/** The manifests of examples/argocd-app as they are, but for the address of the repository. */
export async function exampleText(repository: string): Promise<Readonly<Record<(typeof files)[number], string>>> {
  const texts = await Promise.all(
    files.map(async (path) => {
      const text = await repositoryFile(path);
      if (text.split(address).length !== 2) throw new Error(`${path} does not name ${address} exactly once`);
      return [path, text.replace(address, repository)] as const;
    }),
  );
  return Object.fromEntries(texts) as Record<(typeof files)[number], string>;
}

/** Applies the project of the example. */
export async function installProject({ git, kubectl }: ArgoCdWorld): Promise<void> {
  await kubectl(['apply', '-f', '-'], (await exampleText(git.url))['examples/argocd-app/project.yaml']);
}

/** How an Application differs from that of the example. */
export interface ApplicationOptions {
  /** Also the folder in the repository. */
  readonly name: string;
  /** @default default */
  readonly namespace?: string;
  /** Beside `automated`. */
  readonly automated?: { readonly prune?: boolean; readonly selfHeal?: boolean };
  readonly syncOptions?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An Application of the example's project. */
export function applicationManifest(repository: string, options: ApplicationOptions): string {
  const { name, namespace = 'default', automated = {}, syncOptions = [], annotations = {} } = options;
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: exampleApplication.namespace, annotations },
    spec: {
      project: 'canary-app-demo',
      source: { repoURL: repository, targetRevision: 'HEAD', path: name },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated, syncOptions },
    },
  });
}

/** Seconds instead of minutes, so that a release takes about twelve. */
const quick = {
  trafficShiftUpdateInterval: 2,
  deploymentReadyWaitTime: 1,
  checkIntervalSeconds: 1,
  drainSeconds: 1,
  strategy: { stepWeight: 25, maxWeight: 50 },
};

/** The example's CanaryApp, made quicker, with these changes to its spec. */
export async function quickExample(changes: object): Promise<string> {
  return edited(await repositoryFile(exampleFile), { ...quick, ...changes });
}

/** A CanaryApp like that of the example, on a host of its own, quick, with these changes to its spec. */
export function canaryAppManifest(name: string, changes: object = {}): string {
  const spec = {
    image: 'example/server:v1',
    imageListenPort: 8088,
    replicas: 1,
    testReplicas: 1,
    prometheusQuery: `increase(istio_requests_total{destination_service_name="${name}",response_code=~"5.*"}[5s]) > 2`,
    prometheusURL: 'http://prometheus.istio-system.svc:9090',
    service: { hosts: [`${name}.example.com`] },
    ...quick,
    ...changes,
  };
  return stringify({ apiVersion: 'canary.atze.io/v1', kind: 'CanaryApp', metadata: { name }, spec });
}

function edited(text: string, changes: object): string {
  const [manifest, ...others] = parseManifests(text);
  if (manifest === undefined || others.length > 0) throw new Error('the example is not exactly one manifest');
  return stringify({ ...manifest, spec: { ...(manifest.spec as object), ...changes } });
}
