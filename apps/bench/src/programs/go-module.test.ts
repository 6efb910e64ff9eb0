import { expect, it } from 'vitest';

import { anyPatchRelease } from './go-module.ts';

it('a go.mod is content with any patch release of its Go', () => {
  expect(anyPatchRelease('module m\n\ngo 1.26.10\n\ntoolchain go1.26.11\n\nrequire x v1.2.3\n')).toBe(
    'module m\n\ngo 1.26.0\n\n\nrequire x v1.2.3\n',
  );
  expect(anyPatchRelease('go 1.26\n')).toBe('go 1.26\n');
});
