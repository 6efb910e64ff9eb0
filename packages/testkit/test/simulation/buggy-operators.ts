import {
  ConfigMap,
  controller,
  controllerReference,
  createOrUpdate,
  defineKind,
  generationChanged,
  isBeingDeleted,
  isConflict,
  isControlledBy,
  s,
  type Client,
  type ControllerDefinition,
  type ReconcileContext,
} from '@canaryop/reconcile';
import { createClient } from '@canaryop/reconcile/client';
import { addFinalizer, hasFinalizer, removeFinalizer } from '@canaryop/reconcile/finalizers';
import type { ProcessParts } from '@canaryop/testkit/simulation';

/** What all of these operators are about: each Note wants a ConfigMap with its text. */
export const Note = defineKind({
  group: 'test.io',
  version: 'v1',
  kind: 'Note',
  spec: s.object({ text: s.string({ maxLength: 100 }) }),
  status: s.object({
    text: s.string({ maxLength: 100 }).optional(),
    count: s.int().optional(),
    checkedAt: s.string({ maxLength: 40 }).optional(),
  }),
});
export type Note = NonNullable<ReturnType<typeof Note.withDefaults>>;

export const noteKey = { namespace: 'default', name: 'note' } as const;
export const settingsKey = { namespace: 'default', name: 'settings' } as const;
export const note = Note.withDefaults({
  apiVersion: 'test.io/v1',
  kind: 'Note',
  metadata: noteKey,
  spec: { text: 'one' },
});
const finalizer = 'test.io/cleanup';

function childOf(owner: Note): ConfigMap {
  const { namespace, name } = noteKey;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name, ownerReferences: [controllerReference(owner)] },
    data: { text: owner.spec.text },
  };
}

type Work = (live: Note, context: ReconcileContext) => Promise<void>;

const notes = controller('notes').for(Note).owns(ConfigMap);

function working(work: Work, builder = notes): ControllerDefinition {
  return builder.reconcile(async (key, context) => {
    const live = context.lister(Note).get(key);
    if (live !== undefined) await work(live, context);
  });
}

/** Nothing is wrong with this one. */
export const sound = working(async (live, context) => {
  await createOrUpdate(context, ConfigMap, childOf(live));
  await context.client.updateStatus(Note, live, { text: live.spec.text });
});

/** Names its child by chance, and looks for it in a cache that may not have it yet. */
export const namesByChance = working(async (live, context) => {
  const children = context
    .lister(ConfigMap)
    .list()
    .filter((child) => isControlledBy(child, live));
  if (children.length > 0) return;
  const { metadata, ...child } = childOf(live);
  const { name: _name, ...unnamed } = metadata;
  const named = { ...unnamed, generateName: 'note-' } as ConfigMap['metadata'];
  await context.client.create(ConfigMap, { ...child, metadata: named });
});

/** Writes each time that it looks, and so wakes itself. */
export const writesAtRest = working(async (live, context) => {
  await context.client.updateStatus(Note, live, { checkedAt: String(context.clock.now()) });
});

/** Writes whenever it starts: at rest nothing wakes it, so that nobody notices. */
export const writesAtStart = working(
  async (live, context) => {
    await context.client.updateStatus(Note, live, { count: (live.status?.count ?? 0) + 1 });
  },
  controller('notes').for(Note, generationChanged),
);

const cleaning = notes.may({ resource: Note, verbs: ['patch'] }, { resource: ConfigMap, verbs: ['delete'] });

/** Removes its finalizer only when there was something to clean up. */
export const forgetsFinalizer = working(removingFinalizer, cleaning);

/** Does the same, and may not. */
export const declaresTooLittle = working(removingFinalizer);

async function removingFinalizer(live: Note, context: ReconcileContext): Promise<void> {
  if (!isBeingDeleted(live)) {
    const held = await addFinalizer(context.client, Note, live, finalizer);
    await createOrUpdate(context, ConfigMap, childOf(held));
    return;
  }
  const child = context.lister(ConfigMap).get(noteKey);
  if (child === undefined || !hasFinalizer(live, finalizer)) return;
  await context.client.delete(ConfigMap, child);
  await removeFinalizer(context.client, Note, live, finalizer);
}

/** Counts the texts that it has seen, in memory. */
export function countsInMemory(): ControllerDefinition {
  const seen = new Set<string>();
  return working(async (live, context) => {
    seen.add(live.spec.text);
    await context.client.updateStatus(Note, live, { count: seen.size });
  });
}

/** Takes over what the settings say when a Note is new, from a cache that may be behind, and never looks again. */
export const actsOnStaleReads = working(async (live, context) => {
  const settings = context.lister(ConfigMap).get(settingsKey);
  if (live.status?.text === undefined)
    await context.client.updateStatus(Note, live, { text: settings?.data?.['text'] ?? 'none' });
}, controller('notes').for(Note).reads(ConfigMap));

/** Says that it is done, then does it; and does nothing where it has said so. */
export const saysBeforeItDoes = working(async (live, context) => {
  if (live.status?.text === live.spec.text) return;
  const told = await context.client.updateStatus(Note, live, { text: live.spec.text });
  await createOrUpdate(context, ConfigMap, childOf(told));
});

/** Takes a conflict for a success, and is not woken by what caused it. */
export const ignoresConflicts = working(
  async (live, context) => {
    try {
      await context.client.updateStatus(Note, live, { text: live.spec.text });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  },
  controller('notes').for(Note, generationChanged),
);

/** Logs what failed, and leaves it at that. */
export const swallowsErrors = working(async (live, context) => {
  try {
    await createOrUpdate(context, ConfigMap, childOf(live));
  } catch (error) {
    context.log.warn('the ConfigMap could not be written', { error });
  }
});

/** Writes with a client of its own, which knows of no lease. */
export function writesUnfenced({ env, connection }: ProcessParts): ControllerDefinition {
  const client: Client = createClient({ env, connection, fieldManager: 'unfenced' });
  return working(async (live, context) => {
    await createOrUpdate({ ...context, client }, ConfigMap, childOf(live));
    await client.updateStatus(Note, live, { text: live.spec.text });
  });
}
