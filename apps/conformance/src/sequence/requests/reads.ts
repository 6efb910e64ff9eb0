import { apiVersionOf, collectionOf } from '../kinds/kind-pool.ts';
import type { JsonObject } from '../operation.ts';
import { nameOf, objectPath, type Request, type Scene } from './scene.ts';

const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partialType = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const partialListType = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

const labelSelectors = [
  'app=a',
  'app==b',
  'app!=a',
  'app in (a,b)',
  'app notin (a)',
  'app',
  '!app',
  'app=a,tier',
  'tier=web',
  'app in (a',
  'a b',
  '-x=1',
  'app=bad value',
];
const fieldSelectors = [
  'metadata.name=a',
  'metadata.name!=a',
  'metadata.namespace={{ns}}',
  'metadata.uid=x',
  'spec.bogus=1',
  'metadata.name',
  'metadata.name=a,metadata.namespace=other',
];

/** GET of one object. */
export function get(scene: Scene): Request {
  const { c } = scene;
  const accept = c.weighted([
    [6, ''],
    [1, tableType],
    [1, partialType],
  ]);
  return { method: 'GET', path: objectPath(scene, nameOf(scene)), ...accepting(accept) };
}

function accepting(accept: string): { headers?: Readonly<Record<string, string>> } {
  return accept === '' ? {} : { headers: { accept } };
}

/** GET of a collection: selected, in pages, of a version, as objects or as a table. */
export function list(scene: Scene): Request {
  const { c, pool } = scene;
  const query: Record<string, string> = { ...selection(scene) };
  if (pool.isNamespaced && c.chance(0.35)) {
    query['limit'] = String(c.pick([1, 2, 100]));
    if (c.chance(0.6)) query['continue'] = c.chance(0.05) ? 'not-a-token' : '{{continue}}';
  }
  if (c.chance(0.12)) Object.assign(query, atVersion(scene));
  const accept = c.weighted([
    [6, ''],
    [3, tableType],
    [1, partialListType],
    [0.2, 'text/html'],
  ]);
  if (accept === tableType && c.chance(0.2)) query['includeObject'] = c.pick(['None', 'Object', 'Metadata']);
  return { method: 'GET', path: collectionOf(pool), query, ...accepting(accept) };
}

/**
 * Only what every server answers alike: a list that is not older than a version may be of any time since, and without a
 * version it is the newest.
 */
function atVersion({ c }: Scene): Readonly<Record<string, string>> {
  return c.weighted<Readonly<Record<string, string>>>([
    [3, { resourceVersion: c.pick(['{{start}}', '{{since configmaps/a}}']), resourceVersionMatch: 'Exact' }],
    [1, { resourceVersion: 'x' }],
    [1, { resourceVersion: '0', resourceVersionMatch: 'Exact' }],
    [1, { resourceVersion: '{{start}}', resourceVersionMatch: 'Newest' }],
    [1, { resourceVersionMatch: c.pick(['Exact', 'NotOlderThan', 'Newest']) }],
  ]);
}

function selection({ c, pool }: Scene): Readonly<Record<string, string>> {
  return {
    ...(c.chance(0.3) ? { labelSelector: c.pick(labelSelectors) } : {}),
    ...(c.chance(0.2) ? { fieldSelector: c.pick([...fieldSelectors, ...(pool.selectors ?? [])]) } : {}),
  };
}

/** A watch that ends with the event of an object made for it. */
export function watch(scene: Scene): Request {
  const { c, pool, id } = scene;
  // Later than what was there before, also in the order of names: a watch without a cache may list it.
  const name = `${pool.isNamespaced ? '' : '{{ns}}-'}z${String(id).padStart(3, '0')}`;
  const labels = { app: 'a', tier: 'web' };
  const query: Record<string, string> = { watch: '1' };
  if (c.chance(0.3))
    query['labelSelector'] = c.pick(['app=a', 'app', 'tier in (web,db)', 'app in (a', 'app=a,tier=web']);
  if (c.chance(0.15))
    query['fieldSelector'] = c.pick(['metadata.name!=a', 'metadata.namespace={{ns}}', 'spec.bogus=1']);
  // Only their watch cache is sure to have begun later than that.
  const isCustom = pool.group.startsWith('conformance.');
  const start = c.weighted([
    [5, '{{start}}'],
    [2, ''],
    [1, '0'],
    [isCustom ? 1 : 0, '1'],
    [0.5, 'x'],
    [2, `{{since ${pool.plural}/${c.pick(['a', 'b'])}}}`],
  ]);
  if (start !== '') query['resourceVersion'] = start;
  if (c.chance(0.2)) query['allowWatchBookmarks'] = 'true';
  if (c.chance(0.15)) Object.assign(query, initialEvents(scene));
  const body: JsonObject = {
    apiVersion: apiVersionOf(pool),
    kind: pool.kind,
    metadata: { name, labels },
    ...pool.base,
  };
  return {
    method: 'GET',
    path: collectionOf(pool),
    query,
    ...(c.chance(0.15) ? { headers: { accept: tableType } } : {}),
    watch: { until: { path: collectionOf(pool), body } },
  };
}

function initialEvents({ c }: Scene): Readonly<Record<string, string>> {
  return {
    sendInitialEvents: c.pick(['true', 'true', 'false']),
    ...(c.chance(0.85) ? { resourceVersionMatch: 'NotOlderThan' } : {}),
    allowWatchBookmarks: 'true',
    resourceVersion: '',
  };
}
