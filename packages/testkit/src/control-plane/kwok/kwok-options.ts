/** What becomes of pods whose containers have certain images. */
export interface PodRule {
  /** A regular expression (RE2) that the reference of one of the pod's images matches, for instance `:crash$`. */
  readonly image: string;
  readonly outcome: PodOutcome;
}

/**
 * - `never-ready`: it runs, and its readiness probe fails.
 * - `crash-loop`: its containers end with code 1 and wait in CrashLoopBackOff; `restartCount` is 3.
 * - `image-pull-error`: its images can't be pulled; it waits in ImagePullBackOff.
 */
export type PodOutcome = 'never-ready' | 'crash-loop' | 'image-pull-error';

/** How nodes and pods behave. */
export interface KwokOptions {
  /** Nodes with 1,000 CPUs each. @default 1 */
  readonly nodes?: number;
  /**
   * From a pod's being on a node until it is ready (or fails), in milliseconds. A pod with the annotation
   * `pod-ready.stage.kwok.x-k8s.io/delay: 3s` has its own. @default 0
   */
  readonly readyDelayMs?: number;
  /** From a pod's deletion until it is gone, in milliseconds. @default 0 */
  readonly stopDelayMs?: number;
  /** The first rule that matches a pod decides; a pod without one becomes ready. */
  readonly rules?: readonly PodRule[];
  /** More objects of kind Stage (kwok.x-k8s.io/v1alpha1), for behaviour of your own. Give them a weight: theirs here is 0. */
  readonly stages?: readonly object[];
}
