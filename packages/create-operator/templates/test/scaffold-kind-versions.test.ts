import assert from 'node:assert/strict';
import { test } from 'node:test';

import { scaffoldKindVersions } from '../src/api/scaffold-kind-versions.ts';

const group = 'group.scaffold.example';
const metadata = { name: 'sample' };
const newest = {
  apiVersion: `${group}/v99beta99`,
  kind: 'ScaffoldKind',
  metadata,
  spec: { text: 'hello' },
};
const older = {
  apiVersion: `${group}/v98beta98`,
  kind: 'ScaffoldKind',
  metadata,
  spec: { message: 'hello' },
};

test('ScaffoldKind: says the same in each version', () => {
  assert.deepEqual(scaffoldKindVersions.convert(newest, older.apiVersion), older);
  assert.deepEqual(scaffoldKindVersions.convert(older, newest.apiVersion), newest);
});

test('ScaffoldKind: comes back whole, with a status too', () => {
  const conditions = [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Written',
      message: 'it is there',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ];
  const withStatus = { ...newest, status: { conditions } };
  const there = scaffoldKindVersions.convert(withStatus, older.apiVersion);
  assert.deepEqual(scaffoldKindVersions.convert(there, newest.apiVersion), withStatus);
});
