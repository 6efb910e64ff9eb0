import { apiVersionOf, type FieldPool } from '../kinds/kind-pool.ts';
import type { Json, JsonObject } from '../operation.ts';
import { nameOf, objectPath, someStatus, withValue, writeQuery, type Request, type Scene } from './scene.ts';

/** A request for the status of an object. */
export function status(scene: Scene, fields: readonly FieldPool[]): Request {
  const { c, pool } = scene;
  const name = nameOf(scene);
  const path = `${objectPath(scene, name)}/status`;
  const set = someStatus(c, fields);
  const query = writeQuery(scene);
  const patch = (contentType: string, body: Json): Request => ({
    method: 'PATCH',
    path,
    query,
    headers: { 'content-type': contentType },
    body,
  });
  const body = (start: Json): Json => set.reduce((object, [at, value]) => withValue(object, at, value), start);
  const spec: Json = c.chance(0.2) ? { spec: { ignored: true }, metadata: { labels: { app: 'ignored' } } } : {};
  return c.weighted<() => Request>([
    [1, () => ({ method: 'GET', path })],
    [3, () => ({ method: 'PUT', path, query, edit: { object: `${pool.plural}/${name}`, set } })],
    [3, () => patch('application/merge-patch+json', body(spec))],
    [1, () => patch('application/strategic-merge-patch+json', body({}))],
    [
      1,
      () =>
        patch(
          'application/json-patch+json',
          set.map(([at, value]) => ({ op: 'add', path: `/${at.join('/')}`, value })),
        ),
    ],
    [
      2,
      () => ({
        ...patch(
          'application/apply-patch+yaml',
          body({ apiVersion: apiVersionOf(pool), kind: pool.kind, metadata: { name } }),
        ),
        query: { ...writeQuery(scene, true), ...(c.chance(0.4) ? { force: 'true' } : {}) },
      }),
    ],
  ])();
}

/** A request for the scale of an object. */
export function scale(scene: Scene): Request {
  const { c, pool } = scene;
  const name = nameOf(scene);
  const path = `${objectPath(scene, name)}/scale`;
  const replicas = c.pick<Json>([0, 1, 3, 3, -1, 'x']);
  const whole: JsonObject = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, ...(pool.isNamespaced ? { namespace: '{{ns}}' } : {}) },
    spec: { replicas },
  };
  const key = `${pool.plural}/${name}`;
  const query = writeQuery(scene);
  const patch = (contentType: string, body: Json): Request => ({
    method: 'PATCH',
    path,
    query,
    headers: { 'content-type': contentType },
    body,
  });
  return c.weighted<() => Request>([
    [2, () => ({ method: 'GET', path })],
    [
      3,
      () => ({
        method: 'PUT',
        path,
        query,
        body: withValue(whole, ['metadata', 'resourceVersion'], `{{${c.pick(['rv', 'rv', 'old'])} ${key}}}`),
      }),
    ],
    [1, () => ({ method: 'PUT', path, query, body: whole })],
    [3, () => patch('application/merge-patch+json', { spec: { replicas } })],
    [1, () => patch('application/json-patch+json', [{ op: 'replace', path: '/spec/replicas', value: replicas }])],
    [
      1,
      () => ({ ...patch('application/apply-patch+yaml', whole), query: { ...writeQuery(scene, true), force: 'true' } }),
    ],
  ])();
}
