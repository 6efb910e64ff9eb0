import { describe, expect, it } from 'vitest';

import { aggregatedDiscovery, objectFormat } from './accept.ts';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('the Accept header', () => {
  it.each([
    [undefined, 'object'],
    ['*/*', 'object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'object'],
    [`${table},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`, 'table'],
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', 'object'],
    ['application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1', 'partial'],
    ['application/vnd.kubernetes.protobuf', undefined],
  ])('%s asks for %s', (accept, format) => {
    expect(objectFormat(accept)).toBe(format);
  });

  it('asks for aggregated discovery only where it prefers it', () => {
    const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    expect([aggregatedDiscovery(`${aggregated},application/json`), aggregatedDiscovery('application/json')]).toEqual([
      'v2',
      undefined,
    ]);
  });
});
