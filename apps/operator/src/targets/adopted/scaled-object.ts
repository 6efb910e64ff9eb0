import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** KEDA's ScaledObject, as far as we copy it. */
export interface ScaledObject extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind?: string; readonly name: string };
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
}
export const ScaledObject = resourceKind<ScaledObject>({
  group: 'keda.sh',
  version: 'v1alpha1',
  kind: 'ScaledObject',
  plural: 'scaledobjects',
});
