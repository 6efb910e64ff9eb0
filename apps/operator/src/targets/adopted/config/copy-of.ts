import type { ConfigMap, Secret } from '@canaryop/reconcile/kinds';
import { present, type ObjectMeta } from '@canaryop/reconcile/object';

import { copied } from '../primary-copy.ts';
import { trackingAnnotation } from './config-names.ts';

/** A ConfigMap or Secret with its content. */
export type ConfigObject = ConfigMap & Pick<Secret, 'type'>;

/**
 * A copy of a ConfigMap or Secret, as it is made. It can always be changed, because what is released changes.
 * @param metadata name, namespace and owner of the copy
 */
export function copyOf(source: ConfigObject, metadata: ObjectMeta): ConfigObject {
  const { apiVersion, kind, data, binaryData, type } = source;
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, ...copiedMetadata(source.metadata) },
    ...present({ data, binaryData, type }),
  };
}

/** A merge patch after which a copy has the content of its source, and nothing that somebody put in by hand. */
export function contentPatch(copy: ConfigObject, source: ConfigObject): object {
  return {
    metadata: copiedMetadata(source.metadata),
    ...present({ data: exactly(copy.data, source.data), binaryData: exactly(copy.binaryData, source.binaryData) }),
  };
}

/** Whether a copy has to be made anew, because an API server refuses to change it. */
export function isFixed(copy: ConfigObject, source: ConfigObject): boolean {
  return copy.immutable === true || copy.type !== source.type;
}

type Data = ConfigMap['data'];

function exactly(copy: Data, source: Data): Readonly<Record<string, string | null>> | undefined {
  if (copy === undefined && source === undefined) return undefined;
  const removed = Object.keys(copy ?? {}).map((key) => [key, null] as const);
  return { ...Object.fromEntries(removed), ...source };
}

function copiedMetadata({ labels, annotations }: ObjectMeta): Pick<ObjectMeta, 'labels' | 'annotations'> {
  const { [trackingAnnotation]: _tracking, ...rest } = copied(annotations) ?? {};
  return present({ labels: copied(labels), annotations: Object.keys(rest).length === 0 ? undefined : rest });
}
