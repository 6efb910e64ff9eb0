import {
  ConfigMap,
  controller,
  controllerReference,
  createOrUpdate,
  isBeingDeleted,
  setCondition,
} from '@canaryop/reconcile';

import { ScaffoldKind } from '../api/v99beta99/scaffold-kind.ts';

/** Keeps one ConfigMap for each object, and says in its status that it is there. */
export const scaffoldKindController = controller('scaffold-kind')
  .for(ScaffoldKind)
  .owns(ConfigMap)
  .reconcile(async (key, context) => {
    const live = context.lister(ScaffoldKind).get(key);
    // One that is going takes its ConfigMap along: a new one would hold up a deletion in the foreground.
    if (live === undefined || isBeingDeleted(live)) return;
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
    await context.client.updateStatus(ScaffoldKind, live, { conditions });
  });
