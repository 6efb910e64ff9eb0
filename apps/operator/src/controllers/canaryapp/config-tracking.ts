import type { Informer } from '@canaryop/reconcile/cache';
import { Secret } from '@canaryop/reconcile/kinds';
import { groupResourceOf, present, type ResourceKind } from '@canaryop/reconcile/object';

import { configMapChecksum, secretChecksum, type ChecksumKey } from '../../api/v1/config-checksum.ts';
import {
  ConfigMapDigest,
  digestKinds,
  SecretDigest,
  trackedSecretTypes,
  type ConfigDigest,
} from '../../targets/adopted/config/config-digest.ts';
import { trackingAnnotation } from '../../targets/adopted/config/config-names.ts';
import type { ConfigObject } from '../../targets/adopted/config/copy-of.ts';
import type { Neighbours } from './neighbours.ts';
import type { TrackingKey } from './tracking-key.ts';

/** The informer of a kind, `loading` before its first answer, `unreadable` where there is none to be had. */
export type ReadableDigests = Informer<ConfigDigest> | 'loading' | 'unreadable';

/**
 * ConfigMaps and Secrets as digests: nothing of their data stays in memory. Secrets are read only where an application
 * refers to one, and once there is a key for their checksums.
 */
export class ConfigTracking {
  readonly #neighbours: Pick<Neighbours, 'informer'>;
  readonly #key: Pick<TrackingKey, 'current'>;

  constructor(neighbours: Pick<Neighbours, 'informer'>, key: Pick<TrackingKey, 'current'>) {
    this.#neighbours = neighbours;
    this.#key = key;
  }

  /** The digests of one kind in a namespace; watching begins with the first call. */
  in(namespace: string, kind: ResourceKind): ReadableDigests {
    if (groupResourceOf(kind) === groupResourceOf(ConfigMapDigest))
      return stateOf(this.#neighbours.informer(ConfigMapDigest, namespace, digestOfConfigMap));
    const key = this.#key.current;
    if (typeof key === 'string') return key;
    return stateOf(this.#neighbours.informer(SecretDigest, namespace, this.#digestOfSecret));
  }

  /** Checksum of an object that was read in full; undefined for one that is not tracked. */
  readonly checksumOf = (object: ConfigObject): string | undefined => {
    if (object.kind !== Secret.kind) return configMapChecksum(object);
    const key = this.#key.current;
    return typeof key === 'string' ? undefined : checksumOfSecret(key, object);
  };

  /** One function for all namespaces, and for as long as the process lives: the key never changes in it. */
  readonly #digestOfSecret = (secret: ConfigDigest): ConfigDigest => digestOf(secret, this.checksumOf(secret));
}

/** Kinds that can be missing from what is read without anybody being less ready for it. */
export const unneededKinds: readonly ResourceKind[] = digestKinds;

function stateOf(informer: Informer<ConfigDigest>): ReadableDigests {
  if (informer.hasSynced) return informer;
  return informer.problem === undefined ? 'loading' : 'unreadable';
}

function digestOfConfigMap(object: ConfigDigest): ConfigDigest {
  return digestOf(object, configMapChecksum(object as ConfigObject));
}

function checksumOfSecret(key: ChecksumKey, { type = 'Opaque', data }: ConfigObject): string | undefined {
  return trackedSecretTypes.has(type) ? secretChecksum(key, present({ type, data })) : undefined;
}

/** Annotations can hold the content once more (last-applied-configuration), so only ours is kept. */
function digestOf(object: ConfigDigest, checksum: string | undefined): ConfigDigest {
  const { apiVersion, kind, metadata, type } = object;
  const { name, namespace, uid, resourceVersion, ownerReferences, deletionTimestamp, finalizers } = metadata;
  const tracking = metadata.annotations?.[trackingAnnotation];
  const annotations = tracking === undefined ? undefined : { [trackingAnnotation]: tracking };
  const kept = { name, namespace, uid, resourceVersion, ownerReferences, deletionTimestamp, finalizers, annotations };
  return { apiVersion, kind, metadata: present(kept), ...present({ type, checksum }) };
}
