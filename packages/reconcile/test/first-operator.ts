import {
  ConfigMap,
  controller,
  controllerReference,
  createOrUpdate,
  defineKind,
  isBeingDeleted,
  run,
  s,
  setCondition,
} from '@canaryop/reconcile';

export const Greeting = defineKind({
  group: 'demo.io',
  version: 'v1',
  kind: 'Greeting',
  spec: s.object({ text: s.string({ maxLength: 100 }).default('hello') }),
  status: s.object({ conditions: s.conditions().optional() }),
});

export const greeter = controller('greeter')
  .for(Greeting)
  .owns(ConfigMap)
  .reconcile(async (key, context) => {
    const greeting = context.lister(Greeting).get(key);
    if (greeting === undefined || isBeingDeleted(greeting)) return;
    await createOrUpdate(context, ConfigMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...key, ownerReferences: [controllerReference(greeting)] },
      data: { text: greeting.spec.text },
    });
    const ready = { type: 'Ready', status: 'True', reason: 'Written', message: 'the ConfigMap is there' } as const;
    const conditions = setCondition(greeting.status?.conditions, ready, context.clock.now());
    await context.client.updateStatus(Greeting, greeting, { conditions });
  });

if (import.meta.main) await run({ fieldManager: 'greeter', controllers: [greeter] });
