import { isJsonObject, keyOf, keyText, type JsonObject, type KubernetesObject } from '@canaryop/reconcile/object';

/** Where a story comes to rest: objects by what they are called, without what differs from run to run. */
export type FixedPoint = ReadonlyMap<string, unknown>;

/** What of an object is compared; undefined leaves it out. */
export type View = (object: KubernetesObject) => unknown;

/** The annotation that a `conflict` changes. */
export const touchedAnnotation = 'simulation.canaryop.io/touched';

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/u;
const uid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/**
 * Objects made comparable: uids are named after whose they are, generated names after their prefix, times are equal,
 * observedGeneration is current or behind; resourceVersions, generations and managers of fields are left out.
 */
export function fixedPointOf(objects: readonly KubernetesObject[], view: View = (object) => object): FixedPoint {
  const names = new Map<string, string>();
  for (const object of objects) {
    const label = labelOf(object);
    if (object.metadata.uid !== undefined) names.set(object.metadata.uid, `(uid of ${label})`);
    if (object.metadata.generateName !== undefined)
      names.set(object.metadata.name, `${object.metadata.generateName}(generated)`);
  }
  const found: (readonly [label: string, text: string, value: unknown])[] = [];
  for (const object of objects) {
    const seen = view(object);
    if (seen === undefined) continue;
    const value = comparable(seen, { names, generation: object.metadata.generation });
    found.push([labelOf(object), JSON.stringify(value), value]);
  }
  const sorted = found.toSorted(([a, aText], [b, bText]) => compare(a, b) || compare(aText, bText));
  const point = new Map<string, unknown>();
  for (const [label, , value] of sorted) point.set(unused(point, label), value);
  return point;
}

function labelOf(object: KubernetesObject): string {
  const { generateName } = object.metadata;
  const key = generateName === undefined ? keyOf(object) : { ...keyOf(object), name: `${generateName}(generated)` };
  return `${object.kind} ${keyText(key)}`;
}

/** The label, or for what has the same one its number beside it. */
function unused(point: ReadonlyMap<string, unknown>, label: string): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? label : `${label} ${count}`;
    if (!point.has(candidate)) return candidate;
  }
}

interface Naming {
  readonly names: ReadonlyMap<string, string>;
  readonly generation: number | undefined;
}

function comparable(value: unknown, naming: Naming): unknown {
  if (typeof value === 'string') return comparableText(value, naming);
  if (Array.isArray(value)) return value.map((item) => comparable(item, naming));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .flatMap((key) => {
        const field = comparableField(key, value[key], naming);
        return field === undefined ? [] : [[key, field]];
      }),
  );
}

function comparableField(key: string, value: unknown, naming: Naming): unknown {
  if (key === 'metadata' && isJsonObject(value)) {
    const { resourceVersion: _version, generation: _generation, managedFields: _managers, ...rest } = value;
    return comparable(withoutTouch(rest), naming);
  }
  if (key === 'observedGeneration') return value === naming.generation ? '(current)' : '(behind)';
  if (key === touchedAnnotation) return undefined;
  return comparable(value, naming);
}

/** Annotations that a conflict left empty are as good as none. */
function withoutTouch(metadata: JsonObject): JsonObject {
  const { annotations, ...rest } = metadata;
  if (!isJsonObject(annotations)) return metadata;
  return Object.keys(annotations).every((key) => key === touchedAnnotation) ? rest : metadata;
}

function comparableText(text: string, { names }: Naming): string {
  if (instant.test(text)) return '(time)';
  return names.get(text) ?? (uid.test(text) ? '(uid of something else)' : text);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
