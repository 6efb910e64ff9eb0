import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, defineKind, mutatingWebhook, s, validatingWebhook } from '@canaryop/reconcile';
import { kindVersions, olderVersion } from '@canaryop/reconcile/versions';

import { readTemplate } from '../files/template-files.ts';
import { generatedManifests } from './generated-manifests.ts';
import { describeOperator } from './operator-description.ts';

const Greeting = defineKind({ group: 'demo.io', version: 'v1', kind: 'Greeting', spec: s.object({}) });
const greeter = controller('greeter')
  .for(Greeting)
  .owns(ConfigMap)
  .reconcile(() => Promise.resolve());
const place = { service: { namespace: 'system', name: 'webhook-service' } };
const operator = { fieldManager: 'greeter', kinds: [Greeting], controllers: [greeter] };

describe('the description of an operator', () => {
  it('is plain data, so that it can come from another process', () => {
    const description = describeOperator({ operator }, place);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });

  it('makes the same manifests, byte for byte, wherever it comes from', () => {
    const description = describeOperator({ operator }, place);
    const copy = structuredClone(description);
    expect(generatedManifests(copy, readTemplate)).toEqual(generatedManifests(description, readTemplate));
  });

  it('names the Lease in the role for the election', () => {
    const role = generatedManifests(describeOperator({ operator }, place), readTemplate)[
      'config/rbac/leader_election_role.yaml'
    ];
    expect(role).toContain('resourceNames:\n      - greeter\n');
  });

  it.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['something else', { operator: () => undefined }],
    ['half of one', { operator: { fieldManager: 'a', kinds: [] } }],
  ])('is refused when the module exports %s', (_name, module) => {
    expect(() => describeOperator(module, place)).toThrow('src/operator.ts must export `operator` with fieldManager');
  });

  it('is refused when one kind is there twice', () => {
    expect(() => describeOperator({ operator: { ...operator, kinds: [Greeting, Greeting] } }, place)).toThrow(
      'Greeting twice',
    );
  });

  it('has the webhooks, without the prefix that kustomize gives, and the rights for their certificate', () => {
    const admission = [
      validatingWebhook(Greeting, { validate: () => undefined }),
      mutatingWebhook(Greeting, { mutate: () => undefined }),
    ];
    const described = describeOperator({ operator: { ...operator, webhooks: { admission } } }, place);
    const generated = generatedManifests(described, readTemplate);
    expect(generated['config/webhook/manifests.yaml']?.match(/^ {2}name: .*/gmu)).toEqual([
      '  name: mutating-webhook-configuration',
      '  name: validating-webhook-configuration',
    ]);
    expect(generated['config/rbac/webhook_role.yaml']).toContain('- greeter-validating-webhook-configuration\n');
    expect(generated['config/rbac/webhook_certificate_role.yaml']).toContain('- greeter-webhook-certificate\n');
    expect(generated['config/manager/manager.yaml']).toContain('containerPort: 9443\n');
  });

  it('has nothing of webhooks where there are none', () => {
    const none = { ...operator, webhooks: { admission: [], conversion: [] } };
    const generated = generatedManifests(describeOperator({ operator: none }, place), readTemplate);
    expect(Object.entries(generated).filter(([path, text]) => /webhook|9443/u.test(path + text))).toEqual([]);
  });

  it('has all versions of a kind in its definition, and where they are converted', () => {
    const older = defineKind({ group: 'demo.io', version: 'v1beta1', kind: 'Greeting', spec: s.object({}) });
    const same = { up: () => ({ spec: {} }), down: () => ({ spec: {} }) };
    const conversion = [kindVersions(Greeting, [olderVersion(Greeting, older, same)])];
    const described = describeOperator({ operator: { ...operator, webhooks: { conversion } } }, place);
    const definition = generatedManifests(described, readTemplate)['config/crd/bases/demo.io_greetings.yaml'];
    expect(definition).toContain('name: v1beta1\n');
    expect(definition).toContain('name: webhook-service\n');
    expect(described.kinds[0]?.storedCrd).toEqual(Greeting.crd());
  });
});
