import type { CanaryApp } from '../api/v1/canaryapp.ts';
import type { Reason } from '../api/v1/reasons.ts';
import type { Revision } from '../api/v1/revision.ts';

/** What is known of a workload, whatever object stands behind it. */
export interface Workload {
  /** What its pod template runs now. */
  readonly revision: Revision;
  /** Pods that are ready, of whatever template. */
  readonly readyPods: number;
  /** Every pod that was asked for is available and of the current template, and no older pod is left. */
  readonly ready: boolean;
  /** Since when `ready` has held without a break, as far as this process saw. A restart only makes it later. */
  readonly readySince?: number;
  /** It is being deleted, and still has pods. */
  readonly terminating: boolean;
  /** Who else set the count that it is asked to have, by field manager; absent where we did, or nobody is known. */
  readonly countSetBy?: { readonly manager: string; readonly at: string };
  /** Its pods that are not on their way out, where they are looked at one by one. */
  readonly pods?: readonly PodFacts[];
  /** A pod that cannot start, and why. */
  readonly failure?: { readonly reason: string; readonly message: string };
}

/** One pod of a workload. */
export interface PodFacts {
  readonly name: string;
  /** How often its containers were started again, init containers among them. */
  readonly restarts: number;
}

/** How many pods an application has in all, where they are what shares its traffic out. */
export interface Replicas {
  readonly count: number;
  /** The count of secondary, where somebody else set it, and which field manager that was: so many are to be in all. */
  readonly set?: { readonly count: number; readonly manager: string };
}

/**
 * The answer of one check. `pass` and `breach` judge the release; the others say why it was not judged: there was
 * nothing to judge by (`noData`), or not enough (`tooFewSamples`), the provider gave no answer (`error`), or it is at an
 * address that must not be asked (`forbidden`).
 */
export type Verdict = 'pass' | 'breach' | 'noData' | 'tooFewSamples' | 'error' | 'forbidden';

/** What one part of a check found, for logs and people: no decision reads it. */
export interface Measured {
  readonly name: string;
  readonly verdict: Verdict;
  /** Absent: there is none. */
  readonly value?: number;
}

/** One finished check. It judges `revisionId` and nothing else. */
export interface Measurement {
  readonly revisionId: string;
  /** When it was asked: a check counts for the moment of its question, not of its answer. */
  readonly askedAt: number;
  readonly verdict: Verdict;
  /** For people: numbers and an error class, never a body or an address. */
  readonly detail: string;
  readonly measured?: readonly Measured[];
}

/** Something outside this CanaryApp that must change before work can go on. */
export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
  /** `all`: nothing may be written. `routes`: no traffic can be moved; what needs none goes on. */
  readonly stops: 'all' | 'routes';
}

/** Something that is not as it should be, and stands in nobody's way: a condition that is there while it is False. */
export interface Remark {
  /** The condition's. */
  readonly type: string;
  readonly reason: Reason;
  readonly message: string;
  /** Whether nothing may tell when it is over: it is looked at again by itself. */
  readonly isPassing?: boolean;
}

/** Everything that a decision is made from: facts only, read at one moment. */
export interface Observed {
  readonly app: CanaryApp;
  /** What the user wants to run, or why that can't be told. */
  readonly wanted: Revision | Obstacle;
  readonly primary?: Workload;
  readonly secondary?: Workload;
  /** Secondary's share of the traffic as the routes say now, 0..100. Absent: there are no routes, or none that we understand. */
  readonly weight?: number;
  /**
   * Why it is not known yet that requests go as the routes say, for people. Absent: it is known, or the routes count as
   * followed as soon as they are written. What was intended is then not read back: nothing follows from it.
   */
  readonly unconfirmed?: string;
  /** The last finished check of this app. */
  readonly measurement?: Measurement;
  /** When the last check was asked, finished or not. */
  readonly lastAskedAt?: number;
  readonly obstacle?: Obstacle;
  readonly remarks?: readonly Remark[];
  /** Absent: the traffic is shared out by routes. */
  readonly replicas?: Replicas;
  /** Why what is wanted needs no trial, and goes to primary at once. */
  readonly direct?: string;
  /** The id of a revision that primary should get and never can: what it was is nowhere any more. */
  readonly lost?: string;
  /** Since when this process has watched this application: nobody is late for time in which no operator looked. */
  readonly watchedSince?: number;
}
