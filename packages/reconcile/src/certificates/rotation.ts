import type { CertificateFacts } from './read-certificate.ts';

/** For how long certificates are made. */
export interface CertificateLifetimes {
  /** Of the authority that signs. @default a year */
  readonly authorityMs: number;
  /** Of the certificate that the server shows. @default 90 days */
  readonly servingMs: number;
  /**
   * How long a new authority is only trusted and does not sign yet: API servers take up a changed configuration in
   * seconds, each by itself. @default ten minutes
   */
  readonly settleMs: number;
}

const dayMs = 86_400_000;

/** A year for the authority, 90 days for what it signs. */
export const defaultLifetimes: CertificateLifetimes = {
  authorityMs: 365 * dayMs,
  servingMs: 90 * dayMs,
  settleMs: 600_000,
};

/** Validity begins this long ago, for API servers whose clock is behind. */
export const clockSkewMs = 3_600_000;

/** What is there, as the Secret and those who trust it show it. */
export interface RotationView {
  /** Every authority that callers are told to trust, the newest last. Its key is at hand. */
  readonly authorities: readonly CertificateFacts[];
  /** Absent: there is none, or one that cannot be used. */
  readonly serving?: CertificateFacts & { readonly isSignedByNewest: boolean; readonly coversHosts: boolean };
  /** Whether everyone who calls was told of the newest authority. */
  readonly isNewestTrusted: boolean;
  /** See `CertificateLifetimes`. */
  readonly settleMs: number;
}

/** The one next thing to do. */
export type RotationStep =
  /** An authority and a certificate, from nothing. */
  | { readonly type: 'begin' }
  /** A further authority, trusted beside those that are there, and signing nothing yet. */
  | { readonly type: 'add-authority' }
  /** A new certificate, signed by the newest authority. */
  | { readonly type: 'issue' }
  /** Nobody is to trust what has expired any more. */
  | { readonly type: 'forget-expired' }
  | { readonly type: 'wait'; readonly untilMs: number };

/**
 * What to do next, so that at no moment a caller meets a certificate that it does not trust: a new authority is first
 * told to everyone, signs only then, and the old one is trusted until it expires. Replaced is what has lived two thirds
 * of its life, which leaves a third of it for everything that may be in the way.
 * @param view absent: there is nothing, or nothing that could be used.
 * @param nowMs wall clock.
 */
export function nextRotationStep(view: RotationView | undefined, nowMs: number): RotationStep {
  const newest = view?.authorities.at(-1);
  if (view === undefined || newest === undefined || newest.notAfterMs <= nowMs) return { type: 'begin' };
  if (renewalOf(newest) <= nowMs) return { type: 'add-authority' };
  const { authorities, serving } = view;
  const dueMs = serving === undefined || !serving.coversHosts ? nowMs : issueDueMs(view, serving, newest);
  if (dueMs <= nowMs) return { type: 'issue' };
  const endsMs = authorities.map(({ notAfterMs }) => notAfterMs);
  if (endsMs.some((endMs) => endMs <= nowMs)) return { type: 'forget-expired' };
  return { type: 'wait', untilMs: Math.min(renewalOf(newest), dueMs, ...endsMs) };
}

/** When a new certificate is to be issued. What waits for trust is woken by the change that brings it. */
function issueDueMs(
  { isNewestTrusted, settleMs }: RotationView,
  serving: NonNullable<RotationView['serving']>,
  newest: CertificateFacts,
): number {
  const wantedMs = serving.isSignedByNewest ? renewalOf(serving) : newest.notBeforeMs;
  const settledMs = isNewestTrusted ? newest.notBeforeMs + clockSkewMs + settleMs : Infinity;
  return Math.min(Math.max(wantedMs, settledMs), serving.notAfterMs);
}

/** When two thirds of its life are over, which begins when it is made: `clockSkewMs` after its validity. */
export function renewalOf({ notBeforeMs, notAfterMs }: CertificateFacts): number {
  return notAfterMs - (notAfterMs - notBeforeMs - clockSkewMs) / 3;
}
