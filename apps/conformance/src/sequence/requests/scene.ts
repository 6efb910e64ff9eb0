import type { Chooser } from '../chooser.ts';
import { apiVersionOf, collectionOf, steps, type FieldPool, type KindPool } from '../kinds/kind-pool.ts';
import { faultyNames, metadataFields, names, ownerReferences } from '../kinds/metadata-pool.ts';
import { isObject, type Json, type JsonObject, type Operation, type Settle } from '../operation.ts';

/** What a sequence is about; some needs waiting that others do without. */
export type Theme = 'objects' | 'garbage' | 'access' | 'definitions' | 'namespaces';

/** Where the next operation is drawn. */
export interface Scene {
  readonly c: Chooser;
  readonly theme: Theme;
  readonly pool: KindPool;
  /** Of the operation. */
  readonly id: number;
}

/** An operation without its number. */
export type Request = Omit<Operation, 'id'>;

/** A name for an object of the pool. */
export function nameOf({ c, pool }: Scene): string {
  const name = c.pick(names);
  return pool.isNamespaced ? name : `{{ns}}-${name}`;
}

/** Which may be refused. */
export function anyName(scene: Scene): string {
  const { c, pool } = scene;
  if (!c.chance(0.03)) return nameOf(scene);
  const name = c.pick([...faultyNames, ...(pool.faultyNames ?? [])]);
  // A name that is accepted after all must not be another sequence's.
  return pool.isNamespaced ? name : `{{ns}}-${name}`;
}

/** How often a field gets a value that may be refused. */
const faultRate = 0.1;

/** Fields with values, some of them faulty. */
export function someFields(scene: Scene, count: number): readonly (readonly [path: readonly string[], value: Json])[] {
  const { c, pool } = scene;
  return Array.from({ length: count }, () => {
    const fields = c.chance(0.3) || pool.fields.length === 0 ? metadataOf(scene) : pool.fields;
    return drawn(c, c.pick(fields));
  });
}

/**
 * Whether finalizers may hold an object: not where a deletion is waited for, and not where there are owners. What becomes
 * of the dependents of one that is held in a foreground deletion is a race of the garbage collector's.
 */
export function mayBeHeld({ theme }: Scene): boolean {
  return theme === 'objects' || theme === 'access';
}

function metadataOf(scene: Scene): readonly FieldPool[] {
  if (mayBeHeld(scene)) return metadataFields;
  return metadataFields.filter(({ path }) => path !== 'metadata.finalizers');
}

/** The same for fields of the status. */
export function someStatus(c: Chooser, fields: readonly FieldPool[]): readonly (readonly [readonly string[], Json])[] {
  return Array.from({ length: 1 + c.below(2) }, () => drawn(c, c.pick(fields)));
}

function drawn(c: Chooser, { path, sound, faulty = [] }: FieldPool): readonly [readonly string[], Json] {
  const isFaulty = sound.length === 0 || (faulty.length > 0 && c.chance(faultRate));
  return [steps(path), c.pick(isFaulty && faulty.length > 0 ? faulty : sound)];
}

/** An object with a value at a path, objects made on the way. */
export function withValue(object: Json | undefined, [step, ...rest]: readonly string[], value: Json): Json {
  if (step === undefined) return value;
  const fields: JsonObject = isObject(object) ? object : {};
  return { ...fields, [step]: withValue(fields[step], rest, value) };
}

/** A whole object, mostly accepted. */
export function wholeObject(scene: Scene, name: string): JsonObject {
  const { c, pool, theme } = scene;
  let object: Json = { apiVersion: apiVersionOf(pool), kind: pool.kind, metadata: { name }, ...pool.base };
  if (c.chance(0.4)) object = withValue(object, ['metadata', 'labels', 'app'], c.pick(['a', 'b']));
  const count = c.weighted([
    [3, 0],
    [3, 1],
    [3, 2],
    [1, 4],
  ]);
  for (const [path, value] of someFields(scene, count)) object = withValue(object, path, value);
  if (theme === 'garbage' && pool.isCollected === true && c.chance(0.5))
    object = withValue(object, ['metadata', 'ownerReferences'], ownerReferences(c));
  return misnamed(c, object as JsonObject, pool.group.endsWith('example.com'));
}

/** Now and then an object says that it is of another kind. */
function misnamed(c: Chooser, object: JsonObject, isCustom: boolean): JsonObject {
  // Of a custom kind another one is judged by rules that its own definition does not have.
  if (!c.chance(0.02) || isCustom) return object;
  return c.pick([
    { ...object, kind: 'Other' },
    { ...object, apiVersion: 'v9' },
    withoutField(object, 'kind'),
    withoutField(object, 'apiVersion'),
  ]);
}

function withoutField(object: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));
}

/** Options in the query of a write. */
export function writeQuery({ c }: Scene, isApply = false): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  if (isApply || c.chance(0.15)) query['fieldManager'] = c.pick(['alpha', 'beta', 'gamma']);
  if (c.chance(0.06)) query['dryRun'] = c.chance(0.1) ? 'Some' : 'All';
  if (c.chance(0.3)) query['fieldValidation'] = c.chance(0.03) ? 'Often' : c.pick(['Strict', 'Warn', 'Ignore']);
  if (!isApply && c.chance(0.01)) query['fieldManager'] = 'x'.repeat(129);
  return query;
}

/** What has to be waited for after a write of this pool's kind. */
export function settleAfter({ theme, pool }: Scene, collected: readonly KindPool[]): { settle?: Settle } {
  if (theme === 'garbage' && pool.isCollected === true)
    return {
      settle: {
        of: 'garbage',
        collections: [...new Map(collected.map((each) => [each.plural, collectionOf(each)])).values()],
      },
    };
  if (pool.plural === 'replicationcontrollers') return { settle: { of: 'garbage', collections: [collectionOf(pool)] } };
  if (pool.group === 'rbac.authorization.k8s.io') return { settle: { of: 'access', resource: pool.plural } };
  return {};
}

/** The path of one object. */
export function objectPath(scene: Scene, name: string): string {
  return `${collectionOf(scene.pool)}/${encodeURIComponent(name).replaceAll('%7B', '{').replaceAll('%7D', '}')}`;
}
