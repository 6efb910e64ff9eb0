/** Clean-up outside of the cluster: each Bucket is a folder on this machine, which goes before the object does. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  controller,
  defineKind,
  run,
  s,
  setCondition,
  withFinalizer,
  type ControllerDefinition,
} from '@canaryop/reconcile';

export const Bucket = defineKind({
  group: 'examples.canaryop.io',
  version: 'v1',
  kind: 'Bucket',
  spec: s.object({}),
  status: s.object({ folder: s.string().optional(), conditions: s.conditions().optional() }),
  printerColumns: [{ name: 'Folder', type: 'string', jsonPath: '.status.folder' }],
});

/** The outside. Both may be asked for again at any time, because a process may die after it has asked. */
export interface Storage {
  /** Makes what is called `name`, if it is not there, and says where it is. */
  ensure(name: string): Promise<string>;
  /** Takes it away, if it is there. */
  remove(name: string): Promise<void>;
}

export function buckets(storage: Storage): ControllerDefinition {
  return controller('buckets')
    .for(Bucket)
    .may({ resource: Bucket, verbs: ['patch'] })
    .reconcile(async (key, { client, clock, lister }) => {
      const live = lister(Bucket).get(key);
      if (live === undefined) return;
      // The uid is known before anything is made: no death leaves a folder that nobody knows of.
      const name = live.metadata.uid ?? '';
      const life = await withFinalizer({ client, kind: Bucket, live, finalizer: 'examples.canaryop.io/bucket' }, () =>
        storage.remove(name),
      );
      if (life.stage === 'finalized') return;
      const folder = await storage.ensure(name);
      const ready = { type: 'Ready', status: 'True', reason: 'Made', message: 'the folder is there' } as const;
      const conditions = setCondition(live.status?.conditions, ready, clock.now());
      await client.updateStatus(Bucket, life.object, { folder, conditions });
    });
}

function foldersIn(root: string): Storage {
  return {
    async ensure(name) {
      await mkdir(join(root, name), { recursive: true });
      return join(root, name);
    },
    remove: (name) => rm(join(root, name), { recursive: true, force: true }),
  };
}

if (import.meta.main) {
  const root = process.env['BUCKETS'] ?? './buckets';
  if (process.argv.includes('--crd')) process.stdout.write(JSON.stringify(Bucket.crd()));
  else await run({ fieldManager: 'buckets', controllers: [buckets(foldersIn(root))] });
}
