import assert from 'node:assert/strict';
import { test } from 'node:test';

import { admissionRequest } from '@canaryop/testkit';

import { ScaffoldKind } from '../src/api/v99beta99/scaffold-kind.ts';
import { scaffoldKindValidation } from '../src/webhooks/scaffold-kind-validation.ts';

const withText = (text: string) =>
  admissionRequest(
    ScaffoldKind.withDefaults({
      apiVersion: 'group.scaffold.example/v99beta99',
      kind: 'ScaffoldKind',
      metadata: { name: 'sample' },
      spec: { text },
    }),
    { user: { username: 'jane', groups: [] } },
  );

test('ScaffoldKind: a text is accepted', async () => {
  const { request, warnings } = withText('hello');
  assert.equal(await scaffoldKindValidation.validate(request), undefined);
  assert.deepEqual(warnings, []);
});

test('ScaffoldKind: an empty text is accepted with a warning', async () => {
  const { request, warnings } = withText('');
  assert.equal(await scaffoldKindValidation.validate(request), undefined);
  assert.deepEqual(warnings, ['an empty text says nothing']);
});

test('ScaffoldKind: a text that names who writes it is refused', async () => {
  const { request } = withText('hello, jane');
  assert.deepEqual(await scaffoldKindValidation.validate(request), [
    { path: 'spec.text', message: 'must not name who writes it, jane' },
  ]);
});
