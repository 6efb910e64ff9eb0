import assert from 'node:assert/strict';
import { test } from 'node:test';

import { admissionRequest } from '@canaryop/testkit';

import { ScaffoldKind } from '../src/api/v99beta99/scaffold-kind.ts';
import { scaffoldKindDefaulting } from '../src/webhooks/scaffold-kind-defaulting.ts';

test('ScaffoldKind: has the name of who created it', async () => {
  const object = ScaffoldKind.withDefaults({
    apiVersion: 'group.scaffold.example/v99beta99',
    kind: 'ScaffoldKind',
    metadata: { name: 'sample', annotations: { note: 'stays' } },
    spec: {},
  });
  const { request } = admissionRequest(object, { user: { username: 'jane', groups: [] } });
  const completed = await scaffoldKindDefaulting.mutate(request);
  assert.deepEqual(completed, {
    ...object,
    metadata: {
      name: 'sample',
      annotations: { note: 'stays', 'group.scaffold.example/created-by': 'jane' },
    },
  });
});
