import type { override } from './quickened-sample.ts';

/** What happened in the story, as it is shown and as `--json` prints it. Times are seconds. */
export type StoryEvent =
  | { readonly event: 'cluster'; readonly readyMs: number; readonly apiServer: string; readonly ingress: string }
  | { readonly event: 'applied'; readonly manifest: string; readonly override: typeof override }
  | { readonly event: 'installed'; readonly version: string; readonly seconds: number; readonly perSecond: number }
  | { readonly event: 'patched'; readonly version: string; readonly image: string }
  | ({ readonly event: 'measuring' } & Step)
  | ({ readonly event: 'step' } & Step)
  | { readonly event: 'promoting'; readonly version: string }
  | { readonly event: 'promoted'; readonly version: string; readonly seconds: number }
  | { readonly event: 'draining'; readonly version: string }
  | { readonly event: 'errors'; readonly version: string; readonly path: string }
  | {
      readonly event: 'rolledBack';
      readonly version: string;
      readonly lastFailedTag: string;
      /** From the first error to weight 0 read back. */
      readonly seconds: number;
      readonly reason: string;
    };

/** One weight of a rollout, and how much of the traffic its version really answered. */
export interface Step {
  readonly version: string;
  readonly weight: number;
  /** Percentage of the answers that came from this version; undefined while there are none. */
  readonly share: number | undefined;
  /** Answers that the share is taken from. */
  readonly answers: number;
}

/** The last line of `--json`. */
export interface StoryResult {
  readonly result: 'ok' | 'failed';
  readonly v2: {
    /** The distinct weights above 0 that were read back, in order. */
    readonly weights: readonly number[];
    readonly promoted: boolean;
    /** From the patch to the promotion. */
    readonly seconds: number;
  };
  readonly v3: {
    readonly rolledBack: boolean;
    readonly lastFailedTag: string;
    /** From the patch to weight 0. */
    readonly seconds: number;
  };
  readonly requests: {
    /** GET /hello. */
    readonly sent: number;
    /** Those of them that were not answered with 200. */
    readonly failedByRollout: number;
  };
  /** What did not hold; only where the result is `failed`. */
  readonly why?: readonly string[];
}
