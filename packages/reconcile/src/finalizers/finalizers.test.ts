import { describe, expect, it } from 'vitest';

import { ApiError } from '../client/api-error.ts';
import type { KubernetesObject } from '../object/object.ts';
import { resourceKind, type ResourceKind } from '../object/resource-kind.ts';
import { addFinalizer, removeFinalizer, withFinalizer } from './finalizers.ts';

const kind = resourceKind({ group: 'demo.io', version: 'v1', kind: 'Website', plural: 'websites' });
const site = (finalizers: readonly string[], more: object = {}): KubernetesObject => ({
  apiVersion: 'demo.io/v1',
  kind: 'Website',
  metadata: { name: 'w', uid: 'u', resourceVersion: '7', finalizers, ...more },
});
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };

function fakeClient(error?: Error): {
  patches: unknown[];
  patch<T extends KubernetesObject>(kind: ResourceKind<T>, live: T, patch: object): Promise<T>;
} {
  const patches: unknown[] = [];
  return {
    patches,
    patch: <T extends KubernetesObject>(_kind: ResourceKind<T>, live: T, patch: object): Promise<T> => {
      patches.push([live.metadata.resourceVersion, patch]);
      return error === undefined ? Promise.resolve({ ...live, ...patch }) : Promise.reject(error);
    },
  };
}
const apiError = (status: number, reason: string): ApiError =>
  new ApiError({ status, reason, detail: 'd', request: 'r', action: 'a' });

describe('finalizers', () => {
  it('are added beside those of others, in a write that holds for what was seen only', async () => {
    const client = fakeClient();
    await addFinalizer(client, kind, site(['other/x']), 'demo.io/mine');
    expect(client.patches).toEqual([['7', { metadata: { finalizers: ['other/x', 'demo.io/mine'] } }]]);
  });

  it('are not written when they are there already, or gone already', async () => {
    const client = fakeClient();
    const live = site(['demo.io/mine']);
    expect(await addFinalizer(client, kind, live, 'demo.io/mine')).toBe(live);
    await removeFinalizer(client, kind, site(['other/x']), 'demo.io/mine');
    expect(client.patches).toEqual([]);
  });

  it('cannot be added to what is being deleted, and a failed add is an error', async () => {
    const dying = site([], deleted);
    await expect(addFinalizer(fakeClient(), kind, dying, 'demo.io/mine')).rejects.toThrow('is being deleted');
    const failing = fakeClient(apiError(422, 'Invalid'));
    await expect(addFinalizer(failing, kind, site([]), 'demo.io/mine')).rejects.toThrow('422');
  });

  it('are removed without those of others; an object that is gone is a success, a conflict is not', async () => {
    const client = fakeClient();
    const live = site(['other/x', 'demo.io/mine'], deleted);
    await removeFinalizer(client, kind, live, 'demo.io/mine');
    expect(client.patches).toEqual([['7', { metadata: { finalizers: ['other/x'] } }]]);
    await removeFinalizer(fakeClient(apiError(404, 'NotFound')), kind, live, 'demo.io/mine');
    await expect(removeFinalizer(fakeClient(apiError(409, 'Conflict')), kind, live, 'demo.io/mine')).rejects.toThrow(
      '409',
    );
  });
});

describe('the life of a finalizer', () => {
  const live = site(['demo.io/mine'], deleted);
  const options = { kind, finalizer: 'demo.io/mine' };

  it('adds it to a live object before anything else happens', async () => {
    const client = fakeClient();
    const stage = await withFinalizer({ ...options, client, live: site([]) }, () => Promise.reject(new Error('no')));
    expect(stage.stage).toBe('live');
    expect(client.patches).toHaveLength(1);
  });

  it('keeps it when the clean-up fails', async () => {
    const client = fakeClient();
    const failed = withFinalizer({ ...options, client, live }, () => Promise.reject(new Error('not cleaned')));
    await expect(failed).rejects.toThrow('not cleaned');
    expect(client.patches).toEqual([]);
  });

  it('removes it after the clean-up, and cleans up no object that does not have it', async () => {
    const client = fakeClient();
    const cleaned: string[] = [];
    const cleanUp = (object: KubernetesObject): Promise<void> => {
      expect(client.patches).toEqual([]);
      cleaned.push(object.metadata.name);
      return Promise.resolve();
    };
    expect(await withFinalizer({ ...options, client, live }, cleanUp)).toEqual({ stage: 'finalized' });
    expect(client.patches).toHaveLength(1);
    await withFinalizer({ ...options, client, live: site(['other/x'], deleted) }, cleanUp);
    expect(cleaned).toEqual(['w']);
  });
});
