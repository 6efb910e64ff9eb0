import { formatMicroTime } from '../env/time.ts';
import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';

/** `coordination.k8s.io/v1` Lease. Its times are MicroTime: six decimals, or the API server answers 400. */
export interface Lease extends KubernetesObject {
  readonly spec?: LeaseSpec;
}

/** Who holds a lease, and until when it promises to. */
export interface LeaseSpec {
  /** Empty or absent: nobody. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often the holder has changed. */
  readonly leaseTransitions?: number;
}

/** What replicas compete for. */
export const leaseKind = resourceKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
});

/** Another holder's lease as it was first seen, at a local monotonic time: its own timestamps are never compared. */
export interface Observation {
  readonly fingerprint: string;
  readonly seenAtMs: number;
}

/** What a candidate does about a lease. */
export type LeaseDecision = 'renew' | 'take' | 'wait';

/** What distinguishes one renewal from the next; foreign edits of labels and annotations are none. */
function fingerprintOf({ spec }: Lease): string {
  return JSON.stringify([spec?.holderIdentity, spec?.renewTime, spec?.acquireTime, spec?.leaseTransitions]);
}

/** The observation after `lease` was read at `nowMs` (monotonic): a renewal restarts the clock, nothing else does. */
export function observe(previous: Observation | undefined, lease: Lease, nowMs: number): Observation {
  const fingerprint = fingerprintOf(lease);
  return previous?.fingerprint === fingerprint ? previous : { fingerprint, seenAtMs: nowMs };
}

/**
 * A lease that nobody holds is taken at once, one of another holder when it was not renewed for as long as it
 * promises, measured from when its last renewal was seen here. So clocks may differ, only their rates may not.
 */
export function decide(
  lease: Lease,
  candidate: { readonly identity: string; readonly leaseDurationMs: number },
  observation: Observation,
  nowMs: number,
): LeaseDecision {
  const { holderIdentity = '', leaseDurationSeconds } = lease.spec ?? {};
  if (holderIdentity === '') return 'take';
  if (holderIdentity === candidate.identity) return 'renew';
  const isStated = typeof leaseDurationSeconds === 'number' && leaseDurationSeconds > 0;
  const durationMs = isStated ? leaseDurationSeconds * 1000 : candidate.leaseDurationMs;
  return nowMs - observation.seenAtMs > durationMs ? 'take' : 'wait';
}

/** The spec of a lease that `identity` takes or renews. @param nowMs wall clock. */
export function heldSpec(
  previous: LeaseSpec | undefined,
  holder: { readonly identity: string; readonly leaseDurationMs: number },
  nowMs: number,
): LeaseSpec {
  const now = formatMicroTime(nowMs);
  const isRenewal = previous?.holderIdentity === holder.identity;
  const transitions = previous?.leaseTransitions ?? 0;
  return {
    holderIdentity: holder.identity,
    leaseDurationSeconds: Math.ceil(holder.leaseDurationMs / 1000),
    acquireTime: isRenewal ? (previous.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: previous === undefined || isRenewal ? transitions : transitions + 1,
  };
}

/** The spec of a lease that its holder gives up. @param nowMs wall clock. */
export function releasedSpec(previous: LeaseSpec | undefined, nowMs: number): LeaseSpec {
  const now = formatMicroTime(nowMs);
  return { ...previous, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
}
