import { isJsonObject, ownValue } from '../../object/json.ts';

/**
 * The shape of a desired state, its replica count aside: the count is in the POST only and later belongs to whoever
 * scales, so its absence is not a change.
 */
export function shapeOfDesired(desired: object): number {
  const spec = isJsonObject(desired) ? desired['spec'] : undefined;
  return shapeOf(isJsonObject(spec) ? { ...desired, spec: { ...spec, replicas: undefined } } : desired);
}

/**
 * A fingerprint of which fields a JSON value has, whatever their values: equal for two desired states that differ in
 * values only. List items keep what names them (see `itemNames`), so a field that moves from one item to another counts.
 * 53 bits; fields that are null or undefined count as absent.
 */
export function shapeOf(value: unknown): number {
  const hash: Hash = { high: 0xdeadbeef, low: 0x41c6ce57 };
  addShape(value, hash);
  const high =
    Math.imul(hash.high ^ (hash.high >>> 16), 2246822507) ^ Math.imul(hash.low ^ (hash.low >>> 13), 3266489909);
  const low =
    Math.imul(hash.low ^ (hash.low >>> 16), 2246822507) ^ Math.imul(hash.high ^ (hash.high >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}

interface Hash {
  high: number;
  low: number;
}

function addShape(value: unknown, hash: Hash): void {
  if (Array.isArray(value)) {
    addText(`[${value.length}`, hash);
    for (const item of value) {
      addName(item, hash);
      addShape(item, hash);
    }
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value).sort()) {
      const child = value[key];
      if (child === undefined || child === null) continue;
      addText(`{${key}`, hash);
      addShape(child, hash);
    }
    addText('}', hash);
  }
}

/** The fields by which Kubernetes tells the items of its own list maps apart (`x-kubernetes-list-map-keys`). */
const itemNames = [
  'containerPort',
  'devicePath',
  'ip',
  'mountPath',
  'name',
  'port',
  'protocol',
  'topologyKey',
  'type',
  'uid',
  'whenUnsatisfiable',
];

function addName(item: unknown, hash: Hash): void {
  if (!isJsonObject(item)) return;
  for (const name of itemNames) {
    const value = ownValue(item, name);
    if (typeof value === 'string' || typeof value === 'number') addText(`=${name}:${value}`, hash);
  }
}

/** cyrb53: two multiplicative hashes side by side. */
function addText(text: string, hash: Hash): void {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    hash.high = Math.imul(hash.high ^ code, 2654435761);
    hash.low = Math.imul(hash.low ^ code, 1597334677);
  }
}
