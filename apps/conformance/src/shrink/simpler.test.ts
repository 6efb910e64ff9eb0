import { describe, expect, it } from 'vitest';

import { simpler } from './simpler.ts';

describe('simpler operations', () => {
  it('lack one option, one header or one field, but never say less of what an object is', () => {
    const candidates = [
      ...simpler({
        id: 1,
        method: 'PATCH',
        path: '/x',
        query: { dryRun: 'All' },
        headers: { 'content-type': 'application/json', accept: 'x' },
        body: { kind: 'ConfigMap', data: { a: '1', b: '2' } },
      }),
    ];
    expect(
      candidates.map(({ query, headers, body }) => [Object.keys(query ?? {}), Object.keys(headers ?? {}), body]),
    ).toEqual([
      [[], ['content-type', 'accept'], { kind: 'ConfigMap', data: { a: '1', b: '2' } }],
      [['dryRun'], ['content-type'], { kind: 'ConfigMap', data: { a: '1', b: '2' } }],
      [['dryRun'], ['content-type', 'accept'], { kind: 'ConfigMap' }],
      [['dryRun'], ['content-type', 'accept'], { kind: 'ConfigMap', data: { b: '2' } }],
      [['dryRun'], ['content-type', 'accept'], { kind: 'ConfigMap', data: { a: '1' } }],
    ]);
  });
});
