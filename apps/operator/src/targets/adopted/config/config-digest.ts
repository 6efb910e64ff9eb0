import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

import { trackingAnnotation } from './config-names.ts';
import { refOfKey, type ConfigRef } from './references.ts';

/** What is kept in memory of a ConfigMap or Secret: never its data. */
export interface ConfigDigest extends KubernetesObject {
  /** Of its data. Absent for a Secret of a type that is not tracked. */
  readonly checksum?: string;
  /** Of a Secret. */
  readonly type?: string;
}

/** ConfigMaps, as digests. */
export const ConfigMapDigest = resourceKind<ConfigDigest>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
});

/** Secrets, as digests. */
export const SecretDigest = resourceKind<ConfigDigest>({ group: '', version: 'v1', kind: 'Secret', plural: 'secrets' });

/** Both kinds. */
export const digestKinds = [ConfigMapDigest, SecretDigest] as const;

/** Types of Secrets that are an application's configuration. Others belong to machinery that has releases of its own. */
export const trackedSecretTypes: ReadonlySet<string> = new Set([
  'Opaque',
  'kubernetes.io/basic-auth',
  'kubernetes.io/ssh-auth',
  'kubernetes.io/tls',
]);

/** The kind under which digests of a reference, or of a key of a checksum set, are kept. */
export function digestKind(of: Pick<ConfigRef, 'kind'> | string): typeof ConfigMapDigest {
  const { kind } = typeof of === 'string' ? refOfKey(of) : of;
  return kind === 'Secret' ? SecretDigest : ConfigMapDigest;
}

/** Whether the user wants an object to be left alone. */
export function isOptedOut({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[trackingAnnotation] === 'disabled';
}
