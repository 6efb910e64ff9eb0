import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf, resourcePath, type ResourceKind } from '../object/resource-kind.ts';
import { keyOf, keyText, type ObjectKey } from '../object/object-key.ts';

/** An existing object as the target of a write: its path, and the precondition that names exactly this state of it. */
export interface Target {
  readonly path: string;
  /** `services demo/web`, for messages. */
  readonly label: string;
  readonly precondition: { readonly uid: string; readonly resourceVersion: string };
}

/** Describes where to write. Throws when `live` did not come from the server, because then nothing names its state. */
export function targetOf(kind: ResourceKind, live: KubernetesObject, subresource?: string): Target {
  const key = keyOf(live);
  const label = labelOf(kind, key);
  const { uid, resourceVersion } = live.metadata;
  if (uid === undefined || resourceVersion === undefined) {
    throw new Error(`${label}: a write needs the live object, with uid and resourceVersion, as read from the server`);
  }
  const path = resourcePath(kind, { ...key, ...(subresource === undefined ? {} : { subresource }) });
  return { path, label, precondition: { uid, resourceVersion } };
}

/** `deployments.apps demo/web`. */
export function labelOf(kind: ResourceKind, key: ObjectKey): string {
  return `${groupResourceOf(kind)} ${keyText(key)}`;
}
