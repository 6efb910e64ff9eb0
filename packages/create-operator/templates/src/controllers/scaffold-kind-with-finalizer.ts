import {
  ConfigMap,
  controller,
  controllerReference,
  createOrUpdate,
  setCondition,
  withFinalizer,
} from '@canaryop/reconcile';

import { ScaffoldKind } from '../api/v99beta99/scaffold-kind.ts';

const finalizer = 'group.scaffold.example/scaffold-kind';

/** Keeps one ConfigMap for each object, says in its status that it is there, and cleans up before an object goes. */
export const scaffoldKindController = controller('scaffold-kind')
  .for(ScaffoldKind)
  .owns(ConfigMap)
  .may({ resource: ScaffoldKind, verbs: ['patch'] })
  .reconcile(async (key, context) => {
    const found = context.lister(ScaffoldKind).get(key);
    if (found === undefined) return;
    const { client, log } = context;
    const life = await withFinalizer({ client, kind: ScaffoldKind, live: found, finalizer }, async () => {
      // Undo here what the API server does not: it deletes what is owned by itself. Throwing means "again, later".
      log.info('cleaned up');
    });
    if (life.stage === 'finalized') return;
    const live = life.object;
    await createOrUpdate(context, ConfigMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...key, ownerReferences: [controllerReference(live)] }, // scaffold:namespaced
      // scaffold:cluster metadata: { namespace: 'default', name: key.name, ownerReferences: [controllerReference(live)] },
      data: { text: live.spec.text },
    });
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'Written',
      message: 'the ConfigMap is as it should be',
      observedGeneration: live.metadata.generation ?? 0,
    } as const;
    const conditions = setCondition(live.status?.conditions, ready, context.clock.now());
    await client.updateStatus(ScaffoldKind, live, { conditions });
  });
