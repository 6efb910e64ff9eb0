import { describe, expect, it } from 'vitest';

import { withLastApplied } from './apply-manifest.ts';

describe('the note of what was applied', () => {
  it("is Go's JSON: sorted keys, escaped <, > and &, annotations even where there are none, and a line break", () => {
    const noted = withLastApplied({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'a', labels: { z: '1', b: '<&>' } },
    });
    expect(noted.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toBe(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},' +
        '"labels":{"b":"\\u003c\\u0026\\u003e","z":"1"},"name":"a"}}\n',
    );
  });
});
