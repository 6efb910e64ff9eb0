/** Several processes share the work: each ticket belongs to a shard, and each shard to one process. */
import { controller, defineKind, run, s, type ControllerDefinition } from '@canaryop/reconcile';

export const Ticket = defineKind({
  group: 'examples.canaryop.io',
  version: 'v1',
  kind: 'Ticket',
  spec: s.object({ question: s.string({ maxLength: 200 }).optional() }),
  status: s.object({ servedBy: s.string().optional() }),
  printerColumns: [{ name: 'Served by', type: 'string', jsonPath: '.status.servedBy' }],
});

/** @param worker who serves here. */
export function tickets(worker: string): ControllerDefinition {
  return controller('tickets')
    .for(Ticket)
    .reconcile(async (key, { client, lister }) => {
      const ticket = lister(Ticket).get(key);
      // Every process sees every ticket; this one is only ever asked about those of its shards.
      if (ticket === undefined || ticket.status?.servedBy !== undefined) return;
      await client.updateStatus(Ticket, ticket, { servedBy: worker });
    });
}

/** Some times as many as processes, and the same in all of them. */
export const shards = 12;

if (import.meta.main) {
  const anyPort = { address: '127.0.0.1:0' };
  const controllers = [tickets(process.env['POD_NAME'] ?? `process ${process.pid}`)];
  if (process.argv.includes('--crd')) process.stdout.write(JSON.stringify(Ticket.crd()));
  else await run({ fieldManager: 'tickets', controllers, shards, probes: anyPort, metrics: anyPort });
}
