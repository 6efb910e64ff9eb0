import { createClient, isConflict } from '@canaryop/reconcile/client';
import { describe, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { env } from './stage/env.ts';
import { fileStage } from './stage/file-stage.ts';

const stage = fileStage();

/** A status patch that carries uid and resourceVersion, and nothing else. */
describe('the client’s confirm', () => {
  it('is answered where it is the newest state, writes nothing, and is a conflict elsewhere', async ({ expect }) => {
    const app = await stage.app('e2e-confirm');
    await app.create();
    const client = createClient({ env, connection: stage.cluster.connection, fieldManager: 'e2e-confirm' });
    const live = await client.get(CanaryApp, app.key);
    if (live === undefined) throw new Error('there is no CanaryApp');
    await client.confirm(CanaryApp, live);
    const same = await client.get(CanaryApp, app.key);
    expect(same?.metadata.resourceVersion).toBe(live.metadata.resourceVersion);
    await app.set({ testReplicas: 2 });
    const stale = await client.confirm(CanaryApp, live).catch((error: unknown) => error);
    expect(isConflict(stale)).toBe(true);
    const now = await client.get(CanaryApp, app.key);
    if (now === undefined) throw new Error('there is no CanaryApp');
    await client.confirm(CanaryApp, now);
    // Another object of the same name. (Of a custom resource's status the server compares the resourceVersion only.)
    await stage.cluster.remove(CanaryApp, app.key);
    await app.create();
    const gone = await client.confirm(CanaryApp, now).catch((error: unknown) => error);
    expect(isConflict(gone)).toBe(true);
  });
});
