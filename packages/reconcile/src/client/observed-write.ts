import type { KubernetesObject } from '../object/object.ts';
import type { ObjectKey } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** What the server answered to a write: the object as it is now, or that an incarnation is gone. */
export type ObservedWrite =
  | { readonly type: 'written'; readonly kind: ResourceKind; readonly object: KubernetesObject }
  | {
      readonly type: 'deleted';
      readonly kind: ResourceKind;
      readonly key: ObjectKey;
      readonly uid: string;
      /** Of the object that was looked at when the deletion was decided. */
      readonly resourceVersion: string | undefined;
    };

/** Told of every answered write, synchronously and before the writer's caller. The cache's overlay is one. */
export type WriteObserver = (write: ObservedWrite) => void;
