import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, defineKind, s } from '@canaryop/reconcile';

import { readTemplate } from '../files/template-files.ts';
import { generatedManifests } from './generated-manifests.ts';
import { describeOperator } from './operator-description.ts';

const Greeting = defineKind({ group: 'demo.io', version: 'v1', kind: 'Greeting', spec: s.object({}) });
const greeter = controller('greeter')
  .for(Greeting)
  .owns(ConfigMap)
  .reconcile(() => Promise.resolve());
const operator = { fieldManager: 'greeter', kinds: [Greeting], controllers: [greeter] };

describe('the description of an operator', () => {
  it('is plain data, so that it can come from another process', () => {
    const description = describeOperator({ operator });
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });

  it('makes the same manifests, byte for byte, wherever it comes from', () => {
    const description = describeOperator({ operator });
    const copy = structuredClone(description);
    expect(generatedManifests(copy, readTemplate)).toEqual(generatedManifests(description, readTemplate));
  });

  it('names the Lease in the role for the election', () => {
    const role = generatedManifests(describeOperator({ operator }), readTemplate)[
      'config/rbac/leader_election_role.yaml'
    ];
    expect(role).toContain('resourceNames:\n      - greeter\n');
  });

  it.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['something else', { operator: () => undefined }],
    ['half of one', { operator: { fieldManager: 'a', kinds: [] } }],
  ])('is refused when the module exports %s', (_name, module) => {
    expect(() => describeOperator(module)).toThrow('src/operator.ts must export `operator` with fieldManager');
  });

  it('is refused when one kind is there twice', () => {
    expect(() => describeOperator({ operator: { ...operator, kinds: [Greeting, Greeting] } })).toThrow(
      'Greeting twice',
    );
  });
});
