import type { CanaryAppStatus, RunOutcome } from '../api/v1/canaryapp.ts';
import type { Reason } from '../api/v1/reasons.ts';
import type { Revision } from '../api/v1/revision.ts';
import type { PodFacts } from './observed.ts';

/** What the cluster should look like now. Children follow from it alone. */
export interface Intent {
  readonly primary: Revision;
  /** Absent: secondary is not wanted (and its traffic is known to be gone). */
  readonly secondary?: Revision;
  /** Secondary's share of the traffic, 0..100. Ignored while there is no secondary. */
  readonly weight: number;
  /** The port that the routes name. */
  readonly routePort: number;
  /** Every port that the Service lists, the routes' one first. */
  readonly servicePorts: readonly number[];
  /** The largest share that secondary may get before anybody looks again: its pods have to be enough for that. */
  readonly reach: number;
  /** Secondary gets pods for its reach now, also where an autoscaler has the count and would have left fewer. */
  readonly isRaised?: boolean;
  /** What primary may have to go back to, while `primary` is on its way or may soon be. */
  readonly fallback?: Revision;
  /** Somebody else holds the count of secondary: it stays as that one wants it. */
  readonly leavesCount?: boolean;
  /** Pods of both workloads in all, where they are what shares the traffic out. */
  readonly replicas?: number;
  /** Where pods share the traffic out: both workloads have all of them now, because one takes over from the other. */
  readonly isDoubled?: boolean;
  /** What was there before is to be what primary runs. */
  readonly restoresTarget?: boolean;
  /** The application is on its way out, and its traffic back where it came from: no routes of ours are wanted. */
  readonly isUnrouted?: boolean;
}

/** One thing to tell, once, after the status that it belongs to is written. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  readonly reason: Reason;
  readonly message: string;
}

/** When a check is asked: before the first weight, while there is traffic, or after the run, when it decides nothing. */
export type When = 'before' | 'during' | 'after';

/** What one pass decided. */
export interface Decision {
  /** Absent: it stays as it is. */
  readonly status?: CanaryAppStatus;
  /** Absent: no child may be touched. */
  readonly intent?: Intent;
  readonly notices: readonly Notice[];
  /**
   * Our finalizer is missing, or has done its work. Nothing else is decided in such a pass: each write of the
   * application changes what the next one must refer to.
   */
  readonly finalizer?: 'add' | 'remove';
  /** Ask now how this revision does. */
  readonly measure?: {
    readonly revision: Revision;
    readonly when: Exclude<When, 'after'>;
    /** When it got traffic first. */
    readonly since?: number;
    /** Pods of secondary, where they are looked at one by one. */
    readonly pods?: readonly PodFacts[];
  };
  /** A run is over. Said in every pass until its record is gone, so that whoever is told of it is told after a crash, too. */
  readonly ended?: { readonly revision: Revision; readonly outcome: RunOutcome; readonly at: string };
  /** When time alone could change the decision. Absent: only an event can. */
  readonly requeueAfterMs?: number;
  /** The write of the status must not delay the weight: it is given up after a second, and the weight goes first. */
  readonly urgent?: boolean;
  /** For the log: what was decided and because of what. */
  readonly why: string;
}
