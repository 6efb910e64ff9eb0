import { describe, expect, it } from 'vitest';

import { isOptedOut, trackedSecretTypes } from './config-digest.ts';

describe('a Secret', () => {
  it.each([
    ['Opaque', true],
    ['kubernetes.io/basic-auth', true],
    ['kubernetes.io/ssh-auth', true],
    ['kubernetes.io/tls', true],
    ['kubernetes.io/service-account-token', false],
    ['kubernetes.io/dockercfg', false],
    ['kubernetes.io/dockerconfigjson', false],
    ['bootstrap.kubernetes.io/token', false],
    ['helm.sh/release.v1', false],
    ['', false],
  ])('of type %j is configuration of an application: %s', (type, isTracked) => {
    expect(trackedSecretTypes.has(type)).toBe(isTracked);
  });
});

describe('a ConfigMap or Secret', () => {
  it('is left alone by the annotation, and by no other value of it', () => {
    const annotated = (value: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', annotations: { 'canary.atze.io/config-tracking': value } },
    });
    expect(['disabled', 'enabled', '', 'Disabled'].map((value) => isOptedOut(annotated(value)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
