import { join } from 'node:path';

import { VirtualService } from '@canaryop/operator';
import { Namespace, Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { readYamlDocuments } from '@canaryop/testkit/control-plane';

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
import { AnalysisTemplate, Rollout } from './kinds.ts';
import { containers, podTemplate } from './workload.ts';

const version = 'v1.10.2';
const crds = ['rollout', 'analysis-run', 'analysis-template', 'cluster-analysis-template', 'experiment'];

/** Argo Rollouts on Istio: a Rollout in the place of a Deployment, and an analysis beside its steps. */
export const argoRollouts: RolloutPeer = {
  name: 'argo-rollouts',
  version,
  async prepare(progress) {
    const { command, source } = await builtModule(
      {
        name: 'argo-rollouts',
        module: 'github.com/argoproj/argo-rollouts',
        version,
        sum: 'h1:sEPWsY+HUvnXj3Vh0ejb+GDTceQ/palqhFo2FVQJMk0=',
        package: 'cmd/rollouts-controller',
      },
      progress,
    );
    const files = crds.map((name) => readYamlDocuments(join(source, `manifests/crds/${name}-crd.yaml`)));
    return {
      command,
      definitions: (await Promise.all(files)).flat() as readonly KubernetesObject[],
      modes: {
        default: (workplace) => launch(workplace, []),
        raised: (workplace) => launch(workplace, ['--qps=1000', '--burst=2000']),
      },
      shared: (prometheusUrl) => [ownNamespace, analysisTemplate(prometheusUrl)],
      application: (application) => [
        ...['stable', 'canary'].map((role) => service(application, role)),
        virtualService(application),
        rollout(application),
      ],
      changed: Rollout,
      changeTo: (image) => ({ spec: { template: { spec: { containers: containers(image) } } } }),
      kind: Rollout,
      isAtRest: (object) => (object as { status?: { phase?: string } }).status?.phase === 'Healthy',
      isNew: ({ host }) => host.endsWith('-canary'),
    };
  },
};

/** Where its lease is. */
const ownNamespace: Manifest = {
  kind: Namespace,
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argo-rollouts' } },
};

function launch({ kubeconfig, ports: [probes, metrics] }: Workplace, more: readonly string[]): Launch {
  const given = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`, '--loglevel=info'];
  return { args: [...given, `--healthzPort=${probes}`, `--metricsPort=${metrics}`, ...more] };
}

function analysisTemplate(address: string): Manifest {
  return {
    kind: AnalysisTemplate,
    object: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { namespace, name: 'errors' },
      spec: {
        args: [{ name: 'app' }],
        metrics: [
          {
            name: 'errors',
            interval: '10s',
            successCondition: 'result[0] == 0',
            failureLimit: 0,
            provider: { prometheus: { address, query: `${badMetric}{app="{{args.app}}"}` } },
          },
        ],
      },
    } as KubernetesObject,
  };
}

function service({ name }: Application, role: string): Manifest {
  return {
    kind: Service,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name: `${name}-${role}` },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: appPort, targetPort: 'http' }] },
    } as KubernetesObject,
  };
}

function virtualService({ name }: Application): Manifest {
  const to = (role: string, weight: number) => ({ destination: { host: `${name}-${role}` }, weight });
  return {
    kind: VirtualService,
    object: {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace, name },
      spec: { hosts: [hostOf(name)], http: [{ name: 'primary', route: [to('stable', 100), to('canary', 0)] }] },
    } as KubernetesObject,
  };
}

function rollout({ name, image, plan }: Application): Manifest {
  const steps = Array.from({ length: plan.steps }, (_, index) => [
    { setWeight: (index + 1) * plan.weight },
    { pause: { duration: `${plan.intervalMs / 1000}s` } },
  ]);
  return {
    kind: Rollout,
    object: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { namespace, name },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: podTemplate(name, image),
        strategy: {
          canary: {
            stableService: `${name}-stable`,
            canaryService: `${name}-canary`,
            // As long as ours drains.
            scaleDownDelaySeconds: 10,
            trafficRouting: { istio: { virtualService: { name, routes: ['primary'] } } },
            // From the first traffic on.
            analysis: {
              templates: [{ templateName: 'errors' }],
              args: [{ name: 'app', value: name }],
              startingStep: 1,
            },
            steps: steps.flat(),
          },
        },
      },
    } as KubernetesObject,
  };
}
