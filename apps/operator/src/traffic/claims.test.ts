import { describe, expect, it } from 'vitest';

import type { CanaryApp } from '../api/v1/canaryapp.ts';
import { claimsAt, lostClaim } from './claims.ts';

function app(name: string, born: string, service: object = { hosts: ['*'] }): CanaryApp {
  const metadata = { name, namespace: 'default', uid: name, creationTimestamp: born };
  return {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata,
    spec: { image: 'a', service },
  } as unknown as CanaryApp;
}

const claimsOf = (each: CanaryApp): readonly string[] => claimsAt(each, each.spec.service);

describe('claims of hosts', () => {
  const old = app('old', '2026-01-01T00:00:00Z');
  const young = app('young', '2026-01-02T00:00:00Z');

  it('go to the oldest application', () => {
    expect(lostClaim(young, [old, young], claimsOf)).toEqual({ host: '*', holder: 'default/old' });
    expect(lostClaim(old, [old, young], claimsOf)).toBeUndefined();
  });

  it('go by namespace and name when both are as old', () => {
    const twin = app('a', '2026-01-02T00:00:00Z');
    expect(lostClaim(young, [twin], claimsOf)).toMatchObject({ holder: 'default/a' });
    expect(lostClaim(twin, [young], claimsOf)).toBeUndefined();
  });

  it('do not touch each other at different hosts or gateways', () => {
    expect(lostClaim(app('x', '2026-02-01T00:00:00Z', { hosts: ['x.example.com'] }), [old], claimsOf)).toBeUndefined();
    expect(
      lostClaim(app('x', '2026-02-01T00:00:00Z', { hosts: ['*'], gateways: ['mine'] }), [old], claimsOf),
    ).toBeUndefined();
  });

  it('name a gateway with its namespace', () => {
    expect(claimsOf(app('x', '', { hosts: ['a', 'b'], gateways: ['mine', 'infra/shared'] }))).toEqual([
      'default/mine a',
      'default/mine b',
      'infra/shared a',
      'infra/shared b',
    ]);
  });
});
