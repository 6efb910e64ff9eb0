import { describe, expect, it } from 'vitest';

import { validateObject } from '@canaryop/reconcile/validation';
import { CanaryApp } from './canaryapp.ts';

type Fields = Readonly<Record<string, unknown>>;

const appOf = (spec: Fields, name = 'shop') => ({
  apiVersion: 'canary.atze.io/v1',
  kind: 'CanaryApp',
  metadata: { name, namespace: 'default' },
  spec,
});
const image: Fields = {
  image: 'shop:v1',
  imageListenPort: 8080,
  replicas: 2,
  testReplicas: 1,
  prometheusQuery: 'errors > 1',
  prometheusURL: 'http://prometheus.istio-system.svc:9090',
};
const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
const target: Fields = { targetRef, service: { port: 80 } };
const strategy = {
  stepPercent: 4,
  breakpointPercent: 50,
  abortSeconds: 120,
  maxStepSeconds: 45,
  checkIntervalSeconds: 14,
};
const ratio: Fields = { targetRef, traffic: { router: 'replicas' }, strategy };
const byRoute: Fields = { traffic: { router: 'gateway-api' }, service: { gateways: ['public'] } };
const tried = { image: 'shop:v2' };
const pod: Fields = { targetRef, canaryPod: tried };
const configRef = { apiVersion: 'apps.openshift.io/v1', kind: 'DeploymentConfig', name: 'shop' };
const without = (spec: Fields, field: string): Fields =>
  Object.fromEntries(Object.entries(spec).filter(([key]) => key !== field));
const errorsOf = (spec: Fields, previous?: Fields) =>
  validateObject(CanaryApp, appOf(spec), previous && (appOf(previous) as never)).map(({ path }) => path);

describe('a spec', () => {
  it.each<[string, Fields]>([
    ['an image and its companions', image],
    ['an empty query and an empty URL, as the original had them', { ...image, prometheusQuery: '', prometheusURL: '' }],
    ['the largest ports', { ...image, imageListenPort: 65_535 }],
    ['an image of 512 characters', { ...image, image: 'a'.repeat(512) }],
    ['a query of 4 KiB', { ...image, prometheusQuery: 'a'.repeat(4096) }],
    ['a target and a port', target],
    ['a target of kind Service', { ...target, targetRef: { apiVersion: 'v1', kind: 'Service', name: 'shop' } }],
    ['a target without a port, released by replica ratio', ratio],
    ['a target and one pod', pod],
    ['a DeploymentConfig and one pod', { ...pod, targetRef: configRef }],
    ['a target that is not put back', { ...ratio, restoreTarget: false }],
    ['an image and an HTTPRoute', { ...image, ...byRoute }],
    ['a target and an HTTPRoute', { ...target, ...byRoute, service: { port: 80, gateways: ['public'] } }],
    ['a router that it would have anyway', { ...image, traffic: { router: 'istio' } }],
    ['no wait and no drain', { ...image, deploymentReadyWaitTime: 0, drainSeconds: 0 }],
  ])('may have %s', (_what, spec) => {
    expect(errorsOf(spec)).toEqual([]);
  });

  it.each<[string, Fields, string]>([
    ['neither image nor target', {}, 'spec.image'],
    ['both image and target', { ...image, ...target }, 'spec.image'],
    ['a target without a port', { targetRef }, 'spec.service.port'],
    ['an analysis beside an image', { ...image, analysis: {} }, 'spec.analysis'],
    ...['imageListenPort', 'replicas', 'testReplicas', 'prometheusQuery', 'prometheusURL'].map(
      (field): [string, Fields, string] => [`an image without ${field}`, without(image, field), `spec.${field}`],
    ),
    ...Object.keys(strategy).map((field): [string, Fields, string] => [
      `a replica ratio without ${field}`,
      { ...ratio, strategy: without(strategy, field) },
      `spec.strategy.${field}`,
    ]),
    ['an HTTPRoute without Gateways', { ...target, traffic: { router: 'gateway-api' } }, 'spec.service.gateways'],
    [
      'an HTTPRoute with 17 hosts',
      {
        ...image,
        ...byRoute,
        service: { gateways: ['public'], hosts: Array.from({ length: 17 }, (_, at) => `h${at}.example.com`) },
      },
      'spec.service.hosts',
    ],
    ['an unknown router', { ...target, traffic: { router: 'other' } }, 'spec.traffic.router'],
    ['an image and a replica ratio', { ...image, ...without(ratio, 'targetRef') }, 'spec.traffic.router'],
    [
      'a Service and a replica ratio',
      { ...ratio, targetRef: { apiVersion: 'v1', kind: 'Service', name: 'shop' } },
      'spec.traffic.router',
    ],
    ['steps by pods and routes', { ...target, strategy: { maxFailures: 3 } }, 'spec.strategy'],
    [
      'an autoscaler and a replica ratio',
      { ...ratio, autoscalerRef: { ...targetRef, kind: 'HorizontalPodAutoscaler' } },
      'spec.autoscalerRef',
    ],
    [
      'iterations and a replica ratio',
      { ...ratio, strategy: { ...strategy, iterations: 3 } },
      'spec.strategy.iterations',
    ],
    ['one pod beside an image', { ...image, canaryPod: tried }, 'spec.canaryPod'],
    [
      'one pod beside those of a Service',
      { ...pod, targetRef: { apiVersion: 'v1', kind: 'Service', name: 'shop' } },
      'spec.canaryPod',
    ],
    ['one pod and routes', { ...pod, traffic: { router: 'istio' } }, 'spec.canaryPod'],
    ['one pod and a replica ratio', { ...ratio, canaryPod: tried }, 'spec.canaryPod'],
    [
      'one pod and an autoscaler of its own',
      { ...pod, autoscalerRef: { ...targetRef, kind: 'HorizontalPodAutoscaler' } },
      'spec.canaryPod',
    ],
    ['one pod without an image', { ...pod, canaryPod: {} }, 'spec.canaryPod.image'],
    ['one pod for no time', { ...pod, canaryPod: { ...tried, durationSeconds: 0 } }, 'spec.canaryPod.durationSeconds'],
    ['a DeploymentConfig with routes', { ...target, targetRef: configRef }, 'spec.canaryPod'],
    ['a target that is put back, and routes', { ...target, restoreTarget: true }, 'spec.restoreTarget'],
    ['an empty image', { ...image, image: '' }, 'spec.image'],
    ['an image of 513 characters', { ...image, image: 'a'.repeat(513) }, 'spec.image'],
    ['port 0', { ...image, imageListenPort: 0 }, 'spec.imageListenPort'],
    ['port 65536', { ...image, imageListenPort: 65_536 }, 'spec.imageListenPort'],
    ['no replica', { ...image, replicas: 0 }, 'spec.replicas'],
    ['no test replica', { ...image, testReplicas: 0 }, 'spec.testReplicas'],
    ['a query of more than 4 KiB', { ...image, prometheusQuery: 'a'.repeat(4097) }, 'spec.prometheusQuery'],
    ['a URL that is not http', { ...image, prometheusURL: 'ftp://a.svc' }, 'spec.prometheusURL'],
    ['a URL with credentials', { ...image, prometheusURL: 'http://me:secret@a.svc' }, 'spec.prometheusURL'],
    ['an interval of nothing', { ...image, trafficShiftUpdateInterval: 0 }, 'spec.trafficShiftUpdateInterval'],
    ['a weight above 100', { ...image, strategy: { maxWeight: 101 } }, 'spec.strategy.maxWeight'],
    ['a step of nothing', { ...image, strategy: { stepWeight: 0 } }, 'spec.strategy.stepWeight'],
    ['no host at all', { ...image, service: { hosts: [] } }, 'spec.service.hosts'],
    ['an unknown security', { ...image, podSecurity: 'none' }, 'spec.podSecurity'],
    [
      'a target of kind DaemonSet',
      { ...target, targetRef: { ...targetRef, kind: 'DaemonSet' } },
      'spec.targetRef.kind',
    ],
  ])('may not have %s, and the field is named', (_what, spec, path) => {
    expect(errorsOf(spec)).toContain(path);
  });

  it.each<[string, Fields, Fields, string]>([
    ['another target', target, { ...target, targetRef: { ...targetRef, name: 'other' } }, 'spec.targetRef'],
    ['an image in place of its target', target, image, 'spec.image'],
    ['a target in place of its image', image, target, 'spec.image'],
    ['a replica ratio in place of its routes', target, { ...target, ...ratio }, 'spec.traffic.router'],
    ['an HTTPRoute in place of its VirtualService', image, { ...image, ...byRoute }, 'spec.traffic.router'],
    ['routes in place of its replica ratio', ratio, target, 'spec.traffic.router'],
    ['routes in place of its one pod', { ...pod, service: { port: 80 } }, target, 'spec.canaryPod'],
  ])('may not get %s', (_what, before, after, path) => {
    expect(errorsOf(after, before)).toContain(path);
  });

  it.each(['Shop', '1shop', 'shop.web', '-shop', 'shop-', 'a'.repeat(51), ''])(
    'is not of a CanaryApp named %j',
    (name) => {
      expect(validateObject(CanaryApp, appOf(image, name)).map(({ path }) => path)).toContain('metadata.name');
    },
  );

  it.each(['shop', 's', 'shop-1', 'a'.repeat(50)])('may be of a CanaryApp named %j', (name) => {
    expect(validateObject(CanaryApp, appOf(image, name))).toEqual([]);
  });
});
