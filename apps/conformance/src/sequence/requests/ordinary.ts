import { remove, removeAll } from './deletes.ts';
import { get, list, watch } from './reads.ts';
import type { Request, Scene } from './scene.ts';
import { scale, status } from './subresources.ts';
import { apply, create, jsonPatch, mergePatch, update } from './writes.ts';

/** Kinds that controllers write to after a deletion, each server's in its own steps. */
const isBusy = (plural: string): boolean => plural === 'replicationcontrollers' || plural === 'namespaces';

/** One of the requests that every kind takes, the usual ones more often. */
export function ordinary(scene: Scene): Request {
  const { c, pool, theme } = scene;
  const fields = pool.status;
  return c.weighted<() => Request>([
    [16, () => create(scene)],
    [6, () => get(scene)],
    [9, () => list(scene)],
    [10, () => update(scene)],
    [11, () => mergePatch(scene)],
    [6, () => jsonPatch(scene)],
    [11, () => apply(scene)],
    [8, () => remove(scene)],
    [pool.plural === 'namespaces' || pool.plural === 'serviceaccounts' ? 0 : 1.5, () => removeAll(scene)],
    [
      fields === undefined ? (pool.plural === 'services' ? 0 : 0.3) : 8,
      () => status(scene, fields ?? [{ path: 'status.x', sound: [1] }]),
    ],
    [pool.scale === true ? 6 : 0.2, () => scale(scene)],
    // What the garbage collector writes meanwhile is its own business.
    [isBusy(pool.plural) || theme === 'garbage' ? 0 : 3, () => watch(scene)],
  ])();
}
