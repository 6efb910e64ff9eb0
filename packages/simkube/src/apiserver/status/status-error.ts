/** One reason among several, usually one per invalid field (`metav1.StatusCause`). */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

/** What a failed request was about (`metav1.StatusDetails`). */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** The body of every answer that is not an object (`metav1.Status`). */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/**
 * A refusal, carrying exactly the Status that a client over HTTP would get. It is thrown, because a refusal may come
 * from any depth of a write (schema, strategy, storage) and every caller passes it on unchanged.
 */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;

  constructor(status: {
    readonly code: number;
    readonly reason?: string;
    readonly message: string;
    readonly details?: StatusDetails;
  }) {
    super(status.message);
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...status };
  }

  /** HTTP status code. */
  get code(): number {
    return this.status.code;
  }

  /** Machine-readable reason, for instance `NotFound`; empty when the server gives none. */
  get reason(): string {
    return this.status.reason ?? '';
  }
}
