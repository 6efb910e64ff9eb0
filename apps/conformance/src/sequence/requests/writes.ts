import { apiVersionOf, collectionOf } from '../kinds/kind-pool.ts';
import { ownerReferences } from '../kinds/metadata-pool.ts';
import { isObject, type Json, type JsonObject } from '../operation.ts';
import {
  anyName,
  mayBeHeld,
  nameOf,
  objectPath,
  someFields,
  withValue,
  wholeObject,
  writeQuery,
  type Request,
  type Scene,
} from './scene.ts';

/** POST of a new object. */
export function create(scene: Scene): Request {
  const { c } = scene;
  const object = wholeObject(scene, anyName(scene));
  const isGenerated = scene.pool.isNamespaced && c.chance(0.05);
  const metadata = object['metadata'] as JsonObject;
  const { name: _, ...nameless } = metadata;
  const body = isGenerated ? { ...object, metadata: { ...nameless, generateName: `{{ns}}-gen${scene.id}-` } } : object;
  return { method: 'POST', path: collectionOf(scene.pool), query: writeQuery(scene), body };
}

/** PUT: of what is stored with changes, or of an object made anew. */
export function update(scene: Scene): Request {
  const { c, pool } = scene;
  const name = nameOf(scene);
  const path = objectPath(scene, name);
  const query = writeQuery(scene);
  // A pod that is made anew lacks what admission gave the first one.
  if (c.chance(0.6) || pool.kind === 'Pod') {
    const set = [...someFields(scene, 1 + c.below(2)), ...staleness(scene, name)];
    return { method: 'PUT', path, query, edit: { object: `${pool.plural}/${name}`, set } };
  }
  const version = c.weighted<Json | undefined>([
    [6, `{{rv ${pool.plural}/${name.replaceAll('{{ns}}', 'NS')}}}`],
    [2, undefined],
    [1, `{{old ${pool.plural}/${name.replaceAll('{{ns}}', 'NS')}}}`],
    [0.3, 'not-a-version'],
  ]);
  const object = wholeObject(scene, c.chance(0.02) ? 'another' : name);
  const body =
    version === undefined ? object : (withValue(object, ['metadata', 'resourceVersion'], version) as JsonObject);
  return { method: 'PUT', path, query, body };
}

function staleness({ c, pool }: Scene, name: string): readonly (readonly [readonly string[], Json])[] {
  if (!c.chance(0.15)) return [];
  const stale = `{{old ${pool.plural}/${name.replaceAll('{{ns}}', 'NS')}}}`;
  return [[['metadata', 'resourceVersion'], c.pick<Json>([stale, null])]];
}

/** A merge patch, or a strategic one where the kind takes it. */
export function mergePatch(scene: Scene): Request {
  const { c, pool } = scene;
  const name = nameOf(scene);
  let body: Json = {};
  for (const [path, value] of someFields(scene, 1 + c.below(2)))
    body = withValue(body, path, c.chance(0.15) ? null : value);
  if (scene.theme === 'garbage' && pool.isCollected === true && c.chance(0.3))
    body = withValue(body, ['metadata', 'ownerReferences'], c.chance(0.3) ? null : ownerReferences(c));
  if (c.chance(0.1))
    body = withValue(
      body,
      ['metadata', 'resourceVersion'],
      `{{${c.pick(['rv', 'old'])} ${pool.plural}/${name.replaceAll('{{ns}}', 'NS')}}}`,
    );
  // Of owners, whose order follows from rules that no client has.
  const isStrategic = !JSON.stringify(body).includes('ownerReferences') && c.chance(0.45);
  if (isStrategic && c.chance(0.2)) body = withDirective(scene, body);
  const type = isStrategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json';
  return {
    method: 'PATCH',
    path: objectPath(scene, name),
    query: writeQuery(scene),
    headers: { 'content-type': type },
    body,
  };
}

const deletedFinalizers = '$deleteFromPrimitiveList/finalizers';

/** Directives of strategic merge patches. */
function withDirective({ c }: Scene, body: Json): Json {
  const [path, value] = c.pick<readonly [readonly string[], Json]>([
    [['metadata', 'labels'], { $patch: 'delete' }],
    [['metadata', deletedFinalizers], ['example.com/hold']],
    [['spec', 'template', 'spec', 'containers'], [{ name: 'main', $patch: 'delete' }]],
    [
      ['spec', 'template', 'spec', 'containers'],
      [{ $patch: 'replace' }, { name: 'main', image: 'replaced' }],
    ],
    [['spec', 'ports'], [{ port: 80, $patch: 'delete' }]],
    [['spec', 'strategy'], { $retainKeys: ['type'], type: 'Recreate' }],
    [['metadata', 'labels'], { $patch: 'nonsense' }],
  ]);
  const directed = withValue(body, path, value);
  // Of an addition and a deletion in one patch, Go takes either first, as its maps have no order.
  return path.at(-1) === deletedFinalizers ? withoutFinalizers(directed) : directed;
}

function withoutFinalizers(body: Json): Json {
  if (!isObject(body) || !isObject(body['metadata'])) return body;
  const { finalizers: _, ...metadata } = body['metadata'];
  return { ...body, metadata };
}

/** A JSON patch. */
export function jsonPatch(scene: Scene): Request {
  const { c } = scene;
  const body = Array.from({ length: 1 + c.below(3) }, () => jsonOperation(scene));
  return {
    method: 'PATCH',
    path: objectPath(scene, nameOf(scene)),
    query: writeQuery(scene),
    headers: { 'content-type': 'application/json-patch+json' },
    body: c.chance(0.02) ? { op: 'remove' } : body,
  };
}

function jsonOperation(scene: Scene): Json {
  const { c } = scene;
  const [[path, value] = [[], null]] = someFields(scene, 1);
  const pointer = `/${path.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
  return c.weighted<Json>([
    [6, { op: 'add', path: pointer, value }],
    [4, { op: 'replace', path: pointer, value }],
    [3, { op: 'remove', path: pointer }],
    [2, { op: 'test', path: pointer, value }],
    [1, { op: 'copy', from: pointer, path: '/metadata/annotations/copied' }],
    [1, { op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/moved' }],
    [1, { op: 'add', path: '/metadata/labels', value: { app: 'a' } }],
    [0.5, { op: 'remove', path: '/metadata/finalizers/0' }],
    [mayBeHeld(scene) ? 0.5 : 0, { op: 'add', path: '/metadata/finalizers/-', value: 'example.com/hold' }],
    [0.3, { op: 'add', path: '/metadata/finalizers/7', value: 'example.com/far' }],
    [0.3, { op: 'whatever', path: pointer }],
    [0.3, { op: 'replace', path: '/metadata/name', value: 'renamed' }],
    [0.3, { op: 'replace', path: '', value: {} }],
    [0.3, { op: 'add', path: 'no-slash', value: 1 }],
  ]);
}

/** A server-side apply. */
export function apply(scene: Scene): Request {
  const { c, pool } = scene;
  const name = anyName(scene);
  const isWhole = c.chance(0.6);
  let body: Json = isWhole
    ? wholeObject(scene, name)
    : { apiVersion: apiVersionOf(pool), kind: pool.kind, metadata: { name } };
  if (!isWhole) for (const [path, value] of someFields(scene, 1 + c.below(2))) body = withValue(body, path, value);
  if (c.chance(0.03)) body = withValue(body, ['metadata', 'managedFields'], []);
  if (c.chance(0.03))
    body = withValue(
      body,
      ['metadata', 'resourceVersion'],
      `{{old ${pool.plural}/${name.replaceAll('{{ns}}', 'NS')}}}`,
    );
  const query: Record<string, string> = { ...writeQuery(scene, true), ...(c.chance(0.4) ? { force: 'true' } : {}) };
  if (c.chance(0.02)) delete query['fieldManager'];
  return {
    method: 'PATCH',
    path: objectPath(scene, name),
    query,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body,
  };
}
