import { Deployment } from '@canaryop/reconcile/kinds';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { createCluster } from '@canaryop/simkube';
import { describe, expect, it } from 'vitest';

import { contentId, revisionOf } from '../../api/v1/revision.ts';
import { canonicalTemplate, type PodTemplate } from './canonical-template.ts';

type PodSpec = NonNullable<PodTemplate['spec']>;

const template = (container: object = {}, pod: object = {}): PodTemplate => ({
  metadata: { labels: { app: 'shop' } },
  spec: { containers: [{ name: 'shop', image: 'shop:v1', ...container }], ...pod },
});
const idOf = (of: PodTemplate): string => contentId(() => canonicalTemplate(of));

/** A template that uses what has defaults of its own. */
const rich = template(
  {
    ports: [{ name: 'http', containerPort: 8080 }],
    env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    livenessProbe: { httpGet: { path: '/', port: 8080 } },
    readinessProbe: { tcpSocket: { port: 8080 } },
    startupProbe: { exec: { command: ['true'] } },
  },
  {
    initContainers: [{ name: 'first', image: 'first' }],
    volumes: [
      { name: 'a', configMap: { name: 'a' } },
      { name: 'b', secret: { secretName: 'b' } },
      { name: 'c', projected: { sources: [{ configMap: { name: 'c' } }] } },
      { name: 'd', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { name: 'e', emptyDir: {} },
    ],
  },
);

/** The template as an API server hands it back. */
function stored(of: PodTemplate): PodTemplate | undefined {
  const { server } = createCluster({ env: virtualEnv({ seed: 1 }), istio: false });
  const metadata = { namespace: 'default', name: 'shop' };
  const spec = { selector: { matchLabels: { app: 'shop' } }, template: of };
  server.loopback.create(Deployment, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
  return server.loopback.get(Deployment, metadata)?.spec?.template;
}

describe('the revision of a template', () => {
  it('is that of what its user set, whatever an API server fills in', () => {
    const filled = stored(rich);
    expect(JSON.stringify(filled)).toContain('terminationMessagePolicy');
    expect(filled).not.toEqual(rich);
    expect(filled && idOf(filled)).toBe(idOf(rich));
  });

  it('is the same in any order of keys, and with empty fields or without', () => {
    const { spec } = rich;
    const turned = Object.fromEntries(Object.entries(spec ?? {}).toReversed()) as unknown as PodSpec;
    expect(idOf({ spec: turned, metadata: { labels: { app: 'shop' } } })).toBe(idOf(rich));
    const emptied = { ...rich, metadata: { ...rich.metadata, annotations: {} }, spec: { ...turned, tolerations: [] } };
    expect(idOf(emptied)).toBe(idOf(rich));
  });

  it.each<[string, PodTemplate]>([
    ['the image', template({ image: 'shop:v2' })],
    ['a variable', template({ env: [{ name: 'MODE', value: 'fancy' }] })],
    ['an argument', template({ args: ['--fast'] })],
    ['a port', template({ ports: [{ containerPort: 8081 }] })],
    ['a probe’s patience', template({ readinessProbe: { tcpSocket: { port: 1 }, failureThreshold: 9 } })],
    ['a pull policy that is not the usual one', template({ imagePullPolicy: 'Always' })],
    ['resources', template({ resources: { limits: { memory: '1Gi' } } })],
    ['an account', template({}, { serviceAccountName: 'shop' })],
    ['a grace period that is not the usual one', template({}, { terminationGracePeriodSeconds: 5 })],
    ['an annotation', { ...template(), metadata: { labels: { app: 'shop' }, annotations: { a: 'b' } } }],
    ['a label', { ...template(), metadata: { labels: { app: 'shop', tier: 'web' } } }],
    [
      'the order of containers',
      template({}, { containers: [{ name: 'b', image: 'b' }, template().spec?.containers[0]] }),
    ],
    ['a field that nobody here has heard of', template({}, { inventedLater: { by: 'somebody' } })],
  ])('is another one when %s changes', (_what, changed) => {
    expect(idOf(changed)).not.toBe(idOf(template()));
  });

  it('stays what it is from one version of the operator to the next', () => {
    expect(idOf(template())).toBe('1-8265bd0c1b43');
    expect(idOf(rich)).toBe('1-e816dd4a212f');
    expect(revisionOf('shop:v1', 8080).id).toBe('1-2b796836477b');
  });
});
