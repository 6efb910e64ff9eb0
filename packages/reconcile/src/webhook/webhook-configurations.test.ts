import { describe, expect, it } from 'vitest';

import { defineKind } from '../crd/define-kind.ts';
import { s } from '../crd/schema.ts';
import { ConfigMap } from '../kinds/core-v1.ts';
import { mutatingWebhook, validatingWebhook } from './admission.ts';
import { hostsOf, webhookConfigurations } from './webhook-configurations.ts';
import { webhookPaths } from './webhook-endpoint.ts';
import { webhookPermissions } from './webhook-permissions.ts';

const Site = defineKind({ group: 'demo.io', version: 'v1', kind: 'Site', spec: s.object({}) });
const validate = validatingWebhook(Site, { operations: ['DELETE'], timeoutSeconds: 3, validate: () => undefined });
const mutate = mutatingWebhook(ConfigMap, { subresources: ['status'], mutate: () => undefined });
const service = { namespace: 'demo-system', name: 'demo-webhook-service' };

describe('the configurations of webhooks', () => {
  it('say what is asked, of whom, and what happens when nobody answers', () => {
    const [mutating, validating, ...others] = webhookConfigurations([validate, mutate], {
      name: 'demo',
      place: { service },
    });
    expect(others).toEqual([]);
    expect(validating).toEqual({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'demo-validating-webhook-configuration' },
      webhooks: [
        {
          name: 'validate.sites.demo.io',
          admissionReviewVersions: ['v1'],
          clientConfig: { service: { ...service, path: '/validate-demo-io-v1-site' } },
          failurePolicy: 'Fail',
          rules: [{ apiGroups: ['demo.io'], apiVersions: ['v1'], operations: ['DELETE'], resources: ['sites'] }],
          sideEffects: 'None',
          timeoutSeconds: 3,
        },
      ],
    });
    expect(mutating).toMatchObject({
      kind: 'MutatingWebhookConfiguration',
      webhooks: [{ rules: [{ apiGroups: [''], operations: ['CREATE', 'UPDATE'], resources: ['configmaps/status'] }] }],
    });
  });

  it("leave out the operator's own namespace, but for kinds of its own", () => {
    const selectors = webhookConfigurations([validate, mutate], { name: 'demo', place: { service } }).map(
      ({ webhooks = [] }) => webhooks.map((webhook) => (webhook as { namespaceSelector?: unknown }).namespaceSelector),
    );
    const notItself = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['demo-system'] };
    expect(selectors).toEqual([[{ matchExpressions: [notItself] }], [undefined]]);
  });

  it('are of one kind where there are webhooks of one kind', () => {
    const place = { url: 'https://[::1]:9443' };
    const [only, ...others] = webhookConfigurations([validate], { name: 'demo', place });
    expect(others).toEqual([]);
    expect(only?.webhooks?.[0]?.clientConfig).toEqual({ url: 'https://[::1]:9443/validate-demo-io-v1-site' });
    expect(hostsOf(place)).toEqual(['::1']);
  });

  it('need paths of their own', () => {
    expect(() => webhookPaths({ admission: [validate, validate], conversion: [] })).toThrow(
      'two webhooks are at /validate-demo-io-v1-site',
    );
  });

  it('ask for the right to write into them, by name, and to keep a Secret', () => {
    const reading = validatingWebhook(Site, { reads: [ConfigMap], validate: () => undefined });
    const { everywhere, own, cluster } = webhookPermissions({ name: 'demo', admission: [reading] });
    expect(everywhere).toEqual([{ resource: ConfigMap, verbs: ['get', 'list'] }]);
    expect(own.map(({ resource, verbs, names }) => [resource.plural, verbs, names])).toEqual([
      ['secrets', ['create'], undefined],
      ['secrets', ['list', 'watch', 'patch'], ['demo-webhook-certificate']],
    ]);
    expect(cluster.map(({ resource, names }) => [resource.plural, names])).toEqual([
      ['validatingwebhookconfigurations', ['demo-validating-webhook-configuration']],
    ]);
  });
});
