import { collectionOf } from '../kinds/kind-pool.ts';
import type { JsonObject } from '../operation.ts';
import { nameOf, objectPath, type Request, type Scene } from './scene.ts';

/** DELETE of one object. */
export function remove(scene: Scene): Request {
  const { c } = scene;
  const name = nameOf(scene);
  const path = objectPath(scene, name);
  const policy = propagation(scene);
  const inQuery = policy['propagationPolicy'];
  if (typeof inQuery === 'string' && c.chance(0.2)) {
    return { method: 'DELETE', path, query: { propagationPolicy: inQuery } };
  }
  const options: JsonObject = {
    ...policy,
    ...preconditions(scene, name),
    ...(c.chance(0.06) ? { dryRun: ['All'] } : {}),
    ...(c.chance(0.1) ? { gracePeriodSeconds: c.pick([0, 5, -1]) } : {}),
  };
  return { method: 'DELETE', path, ...(Object.keys(options).length > 0 ? { body: deleteOptions(options) } : {}) };
}

function preconditions({ c, pool }: Scene, name: string): JsonObject {
  const key = `${pool.plural}/${name.replaceAll('{{ns}}', 'NS')}`;
  const found: JsonObject = {
    ...(c.chance(0.12) ? { uid: c.pick([`{{uid ${key}}}`, '33333333-3333-4333-8333-333333333333']) } : {}),
    ...(c.chance(0.12) ? { resourceVersion: c.pick([`{{rv ${key}}}`, `{{old ${key}}}`]) } : {}),
  };
  return Object.keys(found).length > 0 ? { preconditions: found } : {};
}

/** What becomes of dependents: in sequences that wait for the garbage collector. */
function propagation({ c, theme }: Scene): JsonObject {
  if (theme !== 'garbage') return c.chance(0.02) ? { propagationPolicy: 'Sideways' } : {};
  const policy = c.pick(['Background', 'Foreground', 'Orphan', '']);
  if (policy !== '') return { propagationPolicy: policy };
  return c.chance(0.2) ? { orphanDependents: c.chance(0.5) } : {};
}

/** DELETE of a selection in the sequence's namespace. */
export function removeAll(scene: Scene): Request {
  const { c, pool } = scene;
  const query: Record<string, string> = {};
  // Without a selector a cluster-wide kind would lose what is not the sequence's.
  if (!pool.isNamespaced) query['labelSelector'] = 'app=a,sequence={{ns}}';
  else if (c.chance(0.7)) query['labelSelector'] = c.pick(['app=a', 'app', '!app', 'tier in (web)']);
  else query['fieldSelector'] = 'metadata.name=a';
  if (c.chance(0.1)) query['dryRun'] = 'All';
  return { method: 'DELETE', path: collectionOf(pool), query };
}

function deleteOptions(options: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
}
