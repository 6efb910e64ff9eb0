import { expect, it } from 'vitest';

import { byPriority } from './version-priority.ts';

// The order that the documentation of CustomResourceDefinitions gives as its example.
const preferred = 'v10 v2 v1 v11beta2 v10beta3 v3beta1 v12alpha1 v11alpha2 foo1 foo10'.split(' ');

it('versions are preferred as Kubernetes prefers them', () => {
  expect(preferred.toReversed().sort(byPriority)).toEqual(preferred);
  expect(byPriority('v1', 'v1')).toBe(0);
});
