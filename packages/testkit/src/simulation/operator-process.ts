import { noCredentials } from '@canaryop/reconcile/client';
import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { Transport, TransportRequest } from '@canaryop/reconcile/env';
import { createManager, type LeaderElectionOptions } from '@canaryop/reconcile/manager';
import { present } from '@canaryop/reconcile/object';

import { grant } from './operator-account.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Operator, ProcessParts, Subject } from './story.ts';
import type { Surroundings } from './simulated-cluster.ts';

/** What the operators of a story compete for. */
export const simulatedLease = { namespace: 'default', name: 'operator' } as const;

/** Two or more processes elect a leader. They renew less often than by default, so that a run is quicker. */
export function electionOf(replicas: number): LeaderElectionOptions | undefined {
  return replicas > 1 ? { lease: simulatedLease, retryPeriodMs: 4000 } : undefined;
}

/**
 * Starts what is simulated in a process. Resolves when it ends by itself, with the error if there was one; a process
 * that is killed never does.
 */
export async function runOperator(
  subject: Subject,
  process: SimulatedProcess,
  options: {
    readonly transport: Transport;
    readonly surroundings: Surroundings;
    readonly leaderElection: LeaderElectionOptions | undefined;
    /** Told of each request as it leaves the client, paused or not. */
    readonly onSend: ((request: TransportRequest) => void) | undefined;
  },
): Promise<unknown> {
  const { surroundings, leaderElection, onSend } = options;
  const connection = process.connect(options.transport);
  const transport: Transport = {
    close: () => connection.close(),
    request: (request) => {
      onSend?.(request);
      return connection.request(request);
    },
  };
  const parts: ProcessParts = {
    env: process.env,
    connection: { server: 'https://simkube', transport, credentials: noCredentials },
    instance: process.name,
    server: surroundings.server,
    ...present({ leaderElection, world: surroundings.world }),
  };
  try {
    await operatorOf(subject, parts).start(new AbortController().signal);
    return undefined;
  } catch (error) {
    return error;
  }
}

function operatorOf(subject: Subject, parts: ProcessParts): Operator {
  const made = typeof subject === 'function' ? subject(parts) : subject;
  const controllers = controllersOf(made);
  grant(parts.server, controllers);
  if (controllers === undefined) return made as Operator;
  const { env, connection, instance, leaderElection } = parts;
  const manager = createManager({
    env,
    connection,
    instance,
    fieldManager: simulatedLease.name,
    ...present({ leaderElection }),
  });
  for (const definition of controllers) manager.add(definition);
  return manager;
}

/** Undefined for a whole operator, which says nothing of its controllers. */
function controllersOf(
  made: ControllerDefinition | readonly ControllerDefinition[] | Operator,
): readonly ControllerDefinition[] | undefined {
  if ('start' in made) return undefined;
  return 'reconcile' in made ? [made] : made;
}
