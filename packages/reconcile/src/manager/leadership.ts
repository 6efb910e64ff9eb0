import { createClient, type ClientOptions } from '../client/http-client.ts';
import type { Client } from '../client/client.ts';
import { uuid } from '../env/random.ts';
import { LeaderElector } from '../leader-election/leader-elector.ts';
import { leaderMetrics } from '../metrics/client-metrics.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import type { LeaderElectionOptions } from './manager-options.ts';

/** The lease was lost while working. The manager has stopped; start the process anew, it then waits for its turn. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

const defaultTimeoutMs = 10_000;
const defaultLeaseMs = 15_000;

/** Who may write, and when. */
export interface Leadership {
  /** For the leader's work: it writes only while the lease certainly holds. Without an election, always. */
  readonly client: Client;
  /** Not fenced: for the election itself, for events, and for what runs on every replica. */
  readonly freeClient: Client;
  readonly elector: LeaderElector | undefined;
}

/** @param instance the start of the holder's identity; a UUID follows, so that a restarted pod is somebody else. */
export function leadership(
  clientOptions: ClientOptions,
  options: { readonly election?: LeaderElectionOptions; readonly instance: string; readonly registry: MetricsRegistry },
): Leadership {
  const { election, instance, registry } = options;
  const freeClient = createClient(clientOptions);
  if (election === undefined) return { client: freeClient, freeClient, elector: undefined };
  const { env, timeoutMs = defaultTimeoutMs } = clientOptions;
  const { leaseDurationMs = defaultLeaseMs } = election;
  if (timeoutMs >= leaseDurationMs)
    throw new Error(`requestTimeoutMs ${timeoutMs} must be shorter than leaseDurationMs ${leaseDurationMs}`);
  const elector = new LeaderElector({
    ...election,
    env,
    client: freeClient,
    identity: `${instance}_${uuid(env.random)}`,
    onChange: leaderMetrics(registry, election.lease.name),
  });
  return { client: createClient({ ...clientOptions, fence: elector.fence }), freeClient, elector };
}
