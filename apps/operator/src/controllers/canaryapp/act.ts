import type { Client } from '@canaryop/reconcile/client';
import { sleep, type Env, type Logger } from '@canaryop/reconcile/env';
import { groupResourceOf, keyOf, keyText } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import type { Plan } from '../../rollout/plan.ts';
import type { Write } from '../../rollout/write.ts';
import type { ConfigTracking } from './config-tracking.ts';
import { copyConfig } from './copy-config.ts';
import type { CurrentRecords } from './current-records.ts';

/** How long a weight waits for the record of the verdict that takes it away. */
const urgentStatusMs = 1_000;

/** What acting needs. */
export interface Actor {
  readonly env: Env;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly records: CurrentRecords;
  readonly configs: Pick<ConfigTracking, 'checksumOf'>;
  /** Called once the record is written, before what follows from it: its notices are true from then on. */
  readonly onRecorded: () => void;
}

/**
 * Carries a plan out: the record first, then what follows from it, in order. Stops at the first refusal; what is left
 * is planned again from what is there then. Nothing follows from a record that the server was never asked about.
 */
export async function act(actor: Actor, app: CanaryApp, plan: Plan): Promise<void> {
  if (plan.status !== undefined) {
    if (plan.urgent === true) return actUrgently(actor, app, plan, plan.status);
    const written = await actor.client.updateStatus(CanaryApp, app, plan.status, actor.signal);
    if (written !== app) actor.records.add(app);
    actor.onRecorded();
  }
  if (plan.writes.length > 0) await confirmRecord(actor, app);
  for (const write of plan.writes) await carryOut(actor, write);
}

/** A write that no record precedes is conditional on its own object only, so the record it rests on must be the newest. */
async function confirmRecord({ client, records, signal }: Actor, app: CanaryApp): Promise<void> {
  if (records.has(app)) return;
  await client.confirm(CanaryApp, app, signal);
  records.add(app);
}

/**
 * Traffic leaves a failing release whether or not the verdict can be recorded in time: a record that is refused or
 * unanswered for a second goes second, and its failure makes this reconcile run again.
 */
async function actUrgently(
  actor: Actor,
  app: CanaryApp,
  plan: Plan,
  status: NonNullable<Plan['status']>,
): Promise<void> {
  const recorded = actor.client.updateStatus(CanaryApp, app, status, actor.signal).then(() => {
    actor.records.add(app);
    actor.onRecorded();
  });
  const over = new AbortController();
  const inTime = await Promise.race([
    recorded.then(
      () => true,
      () => false,
    ),
    sleep(actor.env.timers, urgentStatusMs, over.signal).then(() => false),
  ]);
  over.abort();
  if (!inTime) actor.log.warn('the failed check is not recorded yet; the weight goes first');
  for (const write of plan.writes) await carryOut(actor, write);
  await recorded;
}

async function carryOut({ client, signal, log, configs }: Actor, write: Write): Promise<void> {
  const { kind } = write;
  const object = write.verb === 'create' || write.verb === 'copy' ? write.desired : write.live;
  log.info(`${write.verb} ${kind.kind}`, { resource: groupResourceOf(kind), object: keyText(keyOf(object)) });
  switch (write.verb) {
    case 'create':
      await client.create(kind, write.desired, signal);
      return;
    case 'apply':
      await client.apply(kind, write.live, write.desired, signal);
      return;
    case 'scale': {
      const scaled = await client.scale(kind, write.live, write.replicas, signal);
      if (write.desired !== undefined) await client.apply(kind, scaled, write.desired, signal);
      return;
    }
    case 'patch':
      await client.patch(kind, write.live, write.patch, signal);
      return;
    case 'copy':
      await copyConfig({ client, configs, signal }, write);
      return;
    case 'delete':
      await client.delete(kind, write.live, { propagation: write.propagation }, signal);
      return;
  }
}
