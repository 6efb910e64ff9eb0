import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Deployment } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { readYamlDocuments } from '@canaryop/testkit/control-plane';

import { cacheFolder } from '../../programs/built-program.ts';
import { builtModule } from '../../programs/go-module.ts';
import {
  appPort,
  badMetric,
  hostOf,
  namespace,
  type Application,
  type Launch,
  type Manifest,
  type RolloutPeer,
  type Workplace,
} from '../peer.ts';
import { Canary, MetricTemplate } from './kinds.ts';
import { containers, podTemplate } from './workload.ts';

const run = promisify(execFile);
const version = 'v1.44.0';

/** Flagger on Istio: it copies each Deployment, and looks at each Canary once an interval. */
export const flagger: RolloutPeer = {
  name: 'flagger',
  version,
  async prepare(progress) {
    const { command, source } = await builtModule(
      {
        name: 'flagger',
        module: 'github.com/fluxcd/flagger',
        version,
        sum: 'h1:JAb2mE3AAO5Y/JkfHy6xbFDPDPk9lGvqXwmtztNbdhw=',
        package: 'cmd/flagger',
      },
      progress,
    );
    return {
      command,
      definitions: await definitionsOf(source),
      modes: {
        default: (workplace) => launch(workplace, []),
        raised: (workplace) => launch(workplace, ['-kubeconfig-qps=1000', '-kubeconfig-burst=2000', '-threadiness=16']),
      },
      shared: (prometheusUrl) => [metricTemplate(prometheusUrl)],
      application: (application) => [deployment(application), canary(application)],
      changed: Deployment,
      changeTo: (image) => ({ spec: { template: { spec: { containers: containers(image) } } } }),
      kind: Canary,
      isAtRest: (object) => ['Initialized', 'Succeeded'].includes(phaseOf(object)),
      isNew: ({ host }) => host.endsWith('-canary'),
    };
  },
};

/** Through kustomize, since its files break the rules of YAML in a way that only Go's reader lets pass. */
async function definitionsOf(source: string): Promise<readonly KubernetesObject[]> {
  const { stdout } = await run('kubectl', ['kustomize', join(source, 'kustomize/base/flagger')]);
  const path = join(cacheFolder(), 'flagger-kustomized.yaml');
  await writeFile(path, stdout);
  const objects = (await readYamlDocuments(path)) as readonly KubernetesObject[];
  return objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
}

function launch({ kubeconfig, prometheusUrl, ports: [port] }: Workplace, more: readonly string[]): Launch {
  const given = [`-kubeconfig=${kubeconfig}`, `-metrics-server=${prometheusUrl}`, `-port=${port}`];
  // What its chart sets; the program's own default is debug.
  return { args: [...given, '-mesh-provider=istio', '-log-level=info', ...more] };
}

function phaseOf(object: KubernetesObject): string {
  return (object as { status?: { phase?: string } }).status?.phase ?? '';
}

function metricTemplate(address: string): Manifest {
  return {
    kind: MetricTemplate,
    object: {
      apiVersion: 'flagger.app/v1beta1',
      kind: 'MetricTemplate',
      metadata: { namespace, name: 'errors' },
      spec: { provider: { type: 'prometheus', address }, query: `${badMetric}{app="{{ target }}"}` },
    } as KubernetesObject,
  };
}

function deployment({ name, image }: Application): Manifest {
  return {
    kind: Deployment,
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name },
      spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: podTemplate(name, image) },
    } as KubernetesObject,
  };
}

function canary({ name, plan }: Application): Manifest {
  const metric = { name: 'errors', templateRef: { name: 'errors' }, thresholdRange: { max: 0 }, interval: '1m' };
  return {
    kind: Canary,
    object: {
      apiVersion: 'flagger.app/v1beta1',
      kind: 'Canary',
      metadata: { namespace, name },
      spec: {
        targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        progressDeadlineSeconds: 600,
        service: { port: appPort, hosts: [hostOf(name)] },
        analysis: {
          interval: `${plan.intervalMs / 1000}s`,
          threshold: 1,
          stepWeight: plan.weight,
          maxWeight: plan.steps * plan.weight,
          metrics: [metric],
        },
      },
    } as KubernetesObject,
  };
}
