import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../object/object.ts';
import { canOwn, controllerOf, controllerReference, isControlledBy } from './owner-reference.ts';

const owner: KubernetesObject = {
  apiVersion: 'demo.io/v1',
  kind: 'Website',
  metadata: { name: 'w', namespace: 'n', uid: 'u1' },
};

describe('owner references', () => {
  it('make the owner the controller, for garbage collection by uid', () => {
    expect(controllerReference(owner)).toEqual({
      apiVersion: 'demo.io/v1',
      kind: 'Website',
      name: 'w',
      uid: 'u1',
      controller: true,
      blockOwnerDeletion: true,
    });
  });

  it('cannot be made of an object that the server has not seen', () => {
    expect(() => controllerReference({ ...owner, metadata: { name: 'w' } })).toThrow('Website w has no uid');
  });

  it('tell incarnations of one name apart', () => {
    const metadata = { name: 'c', namespace: 'n', ownerReferences: [controllerReference(owner)] };
    const child: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    expect(controllerOf(child)?.name).toBe('w');
    expect(isControlledBy(child, owner)).toBe(true);
    expect(isControlledBy(child, { ...owner, metadata: { ...owner.metadata, uid: 'u2' } })).toBe(false);
    expect(isControlledBy({ ...child, metadata: { name: 'c' } }, { ...owner, metadata: { name: 'w' } })).toBe(false);
    expect(canOwn(owner, child)).toBe(true);
    expect(canOwn(owner, { ...child, metadata: { name: 'c', namespace: 'other' } })).toBe(false);
    expect(canOwn({ ...owner, metadata: { name: 'w' } }, child)).toBe(true);
  });
});
