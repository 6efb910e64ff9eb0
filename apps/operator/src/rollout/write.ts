import type { Desired, Propagation } from '@canaryop/reconcile/client';
import { present, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import type { LiveObjects } from './live-objects.ts';

/** One write to the cluster, as data. Each carries the object that it was decided from. */
export type Write =
  | { readonly verb: 'create'; readonly kind: ResourceKind; readonly desired: Desired<KubernetesObject> }
  | {
      readonly verb: 'apply';
      readonly kind: ResourceKind;
      readonly live: KubernetesObject;
      readonly desired: Desired<KubernetesObject>;
    }
  | {
      /** Sets the count, and then applies `desired`, which remembers that it was set, if the object is ours. */
      readonly verb: 'scale';
      readonly kind: ResourceKind;
      readonly live: KubernetesObject;
      readonly replicas: number;
      readonly desired?: Desired<KubernetesObject>;
    }
  | {
      /** Changes some fields of an object that is somebody else's, or of the application itself. */
      readonly verb: 'patch';
      readonly kind: ResourceKind;
      readonly live: KubernetesObject;
      readonly patch: object;
    }
  | {
      readonly verb: 'delete';
      readonly kind: ResourceKind;
      readonly live: KubernetesObject;
      readonly propagation: Propagation;
    }
  | {
      /** Makes an object, or changes it, so that its content is that of another one. */
      readonly verb: 'copy';
      readonly kind: ResourceKind;
      /** The copy, as far as it is known: the rest comes with the content, which no plan ever holds. */
      readonly desired: Desired<KubernetesObject>;
      readonly live?: KubernetesObject;
      readonly source: CopySource;
    };

/** Where content comes from, and which: if it is another one by then, nothing is written. */
export interface CopySource {
  readonly name: string;
  readonly checksum: string;
}

/** One object that an application is made of: as it is, and as it should be. */
export interface Child {
  readonly kind: ResourceKind;
  readonly live?: KubernetesObject;
  /** Absent: it should not be there. */
  readonly desired?: Desired<KubernetesObject>;
  /** The replica count, kept out of `desired`: after the creation it belongs to whoever scales. */
  readonly replicas?: {
    readonly count: number;
    /** Whether any other count is a difference. If not, it is one only when `count` itself is new, or the live one is 0. */
    readonly isFixed: boolean;
  };
  /**
   * The object is the user's, and was handed to us by the spec: nothing of it changes but the replica count and what
   * this merge patch says, and it is never made nor removed.
   */
  readonly lent?: { readonly patch?: object };
  /** Its content is another one's, and has to be copied now. */
  readonly source?: CopySource;
}

/** The object of this kind and name, as it is and as it should be; without `desired` it should not be there. */
export function childOf<T extends KubernetesObject>(
  live: LiveObjects,
  kind: ResourceKind<T>,
  name: string,
  desired?: Desired<T>,
): Child {
  return present({ kind, live: live.get(kind, name), desired });
}
