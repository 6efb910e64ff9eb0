import { isJsonObject, jsonEqual, type JsonObject } from '../object/json.ts';
import type { KubernetesObject, ObjectMeta } from '../object/object.ts';
import { apiVersionOf, type ResourceKind } from '../object/resource-kind.ts';
import type { CustomKind } from '../crd/define-kind.ts';
import { validateObject } from '../validation/validate-object.ts';
import { lostFields, parseKeptFields, restoreFields } from './kept-fields.ts';

/** There and back between two versions. Bodies are what is neither type nor metadata. */
export interface Conversion {
  readonly up: (body: JsonObject) => object;
  readonly down: (body: JsonObject) => object;
}

/** Where `version` keeps what others cannot carry: users see it, so it names what it is for. */
export function keptFieldsAnnotation({ group, version }: ResourceKind): string {
  return `conversion.${group}/${version}`;
}

/**
 * An object of `from` as one of `to`. What `to` kept in an annotation comes back, if it is valid there: annotations are
 * for everyone to write, and must not be a way past the schema. What `to` cannot carry is kept in turn.
 */
export function convertObject(
  object: KubernetesObject,
  from: CustomKind<KubernetesObject>,
  to: CustomKind<KubernetesObject>,
  { up, down }: Conversion,
): KubernetesObject {
  const source = bodyOf(from.withDefaults(object));
  const metadata = object.metadata as ObjectMeta | undefined;
  // Without a spec there is nothing that a conversion was written for.
  if (source['spec'] === undefined) return { ...object, ...typeOf(to) };
  const converted = plainBody(up(source));
  const kept = parseKeptFields(metadata?.annotations?.[keptFieldsAnnotation(to)]);
  const restored = kept.length === 0 ? converted : restoredBody(to, metadata, converted, kept);
  const lost = lostFields(source, plainBody(down(restored)));
  const annotations = {
    ...metadata?.annotations,
    [keptFieldsAnnotation(to)]: undefined,
    [keptFieldsAnnotation(from)]: lost.length === 0 ? undefined : JSON.stringify(lost),
  };
  return { ...typeOf(to), ...withAnnotations(metadata, annotations), ...restored } as KubernetesObject;
}

function restoredBody(
  to: CustomKind<KubernetesObject>,
  metadata: ObjectMeta | undefined,
  converted: JsonObject,
  kept: Parameters<typeof restoreFields>[1],
): JsonObject {
  const restored = restoreFields(converted, kept);
  return validateObject(to, { ...typeOf(to), metadata, ...restored }).length === 0 ? restored : converted;
}

function typeOf(kind: ResourceKind): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}

function bodyOf(object: object): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => key !== 'apiVersion' && key !== 'kind' && key !== 'metadata'),
  );
}

/** What a conversion gave, without fields that are undefined: on the wire there are none. */
function plainBody(body: object): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(body));
  return isJsonObject(plain) ? bodyOf(plain) : {};
}

function withAnnotations(
  metadata: ObjectMeta | undefined,
  wanted: Readonly<Record<string, string | undefined>>,
): { readonly metadata?: ObjectMeta } {
  if (metadata === undefined) return {};
  const annotations = Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  if (jsonEqual(annotations, metadata.annotations ?? {})) return { metadata };
  const { annotations: _before, ...rest } = metadata;
  return { metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations } };
}
