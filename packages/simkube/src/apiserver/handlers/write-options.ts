import type { Admission } from '../webhooks/admission/attributes.ts';

/** What a request says about how its write is to be done. */
export interface WriteOptions {
  /** Field manager that the changes are recorded under. */
  readonly manager: string;
  /** `dryRun=All`: everything but the commit. */
  readonly dryRun: boolean;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** How an unknown field is refused, for requests that do not do it as a decoding error (patches). */
  readonly refuseUnknown?: (problem: string) => Error;
  /** Throws a 403 when who asks may not create what the write finds missing; absent for one who asked to create. */
  readonly authorizeCreation?: () => void;
  /** Asks webhooks; absent when there are none, and for the cluster's own controllers. */
  readonly admission?: Admission | undefined;
  /** Adds a `Warning` header to the response. */
  readonly warn: (message: string) => void;
}

/** One object of a resource, as the URL names it. */
export interface Target {
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string | undefined;
  readonly name: string;
}
