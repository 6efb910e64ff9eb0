/** Names and labels of what a CanaryApp owns, as the original operator gave them. */
export const primaryName = (app: string): string => `${app}-primary`;
export const secondaryName = (app: string): string => `${app}-secondary`;
/** The Service that finds the pods of the revision on trial, of an adopted workload. */
export const canaryName = (app: string): string => `${app}-canary`;

/** The application that a child of this name would belong to: the name without its role. */
export const appNameOf = (child: string): string => child.replace(/-(primary|secondary|canary)$/, '');

/** The name of the container's port; Service and probe refer to it, so a change of number needs no change there. */
export const httpPortName = 'http';

/** A request for a verb, `<verb>@<revision|next>#<id>`. */
export const commandAnnotation = 'canary.atze.io/command';
/** On a Deployment: the replica count that was last asked for in the spec. A count that differs from it is a scaler's. */
export const replicasAnnotation = 'canary.atze.io/replicas';

/** On an object that runs a revision: its id. */
export const revisionAnnotation = 'canary.atze.io/revision';

/** Holds a deleted application until the workload that it was made for has its traffic back. */
export const finalizer = 'canary.atze.io/return-traffic';

/** On pods of primary that carry the labels of the target's pods as well. */
export const roleLabel = 'canary.atze.io/role';

/** On a workload that is to be tried pod by pod, and on the pod that is tried, as the original service named them. */
export const canaryLabel = 'canary';
export const canaryForLabel = 'canary-for';
/** What a workload with that label asks for by annotation, as with the original service. */
export const canaryAnnotations = {
  /** The image to try. */
  image: 'canary-image',
  /** The container that gets it; without it the only one. */
  name: 'canary-name',
  /** For how long it has to do well, as Go writes durations. */
  duration: 'canary-duration',
  /** What we say: the pod that is tried now. */
  pod: 'canary-pod',
  /** What we say: the image that failed, and why. Whoever takes it away asks for another try. */
  fail: 'canary-fail',
  /** What we say: why nothing can be tried. */
  problem: 'canary-problem',
} as const;
/** On an application that was made for a workload: the failure that the workload was told of last. */
export const toldFailureAnnotation = 'canary.atze.io/told-failure';

/** On a pod that was cloned: hash of the template that it was cloned from. */
export const templateAnnotation = 'canary.atze.io/template';

/** On a pod on trial: the alert that named it. */
export const alertAnnotation = 'canary.atze.io/alert';
/** On a pod that an alert may have deleted, whoever it belongs to. */
export const killableLabel = 'canary.atze.io/killable';
/** On a pod that was deleted by an alert, as the original service named it. */
export const killedByAnnotation = 'killed-by';

export type Role = 'primary' | 'secondary';

/** Labels of a workload's pods, which its Service and subsets select by. */
export function podLabels(app: string, role: Role): Readonly<Record<string, string>> {
  return { app, owner: 'canaryop', service: role };
}
