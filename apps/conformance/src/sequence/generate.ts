import { seededRandom } from '@canaryop/reconcile/testing';

import { Chooser } from './chooser.ts';
import { definitionRequests } from './definitions/definition-requests.ts';
import type { KindPool } from './kinds/kind-pool.ts';
import { kindsInScope } from './kinds/kinds-in-scope.ts';
import { namespacePool } from './kinds/namespace-pool.ts';
import type { Operation, Sequence } from './operation.ts';
import { asSomebody, review } from './requests/access.ts';
import { ordinary } from './requests/ordinary.ts';
import { nameOf, objectPath, settleAfter, type Request, type Scene, type Theme } from './requests/scene.ts';

/** Operations of a sequence. */
export const sequenceLength = 50;

const themes: readonly (readonly [number, Theme])[] = [
  [60, 'objects'],
  [16, 'garbage'],
  [13, 'access'],
  [8, 'definitions'],
  [3, 'namespaces'],
];

/** Few kinds a sequence, so that its operations meet the same objects. */
const kindsOf: Readonly<Record<Theme, number>> = { objects: 3, garbage: 4, access: 4, definitions: 2, namespaces: 2 };

/** Makes the sequence of a seed: the same one each time. */
export function generate(seed: number): Sequence {
  const c = new Chooser(seededRandom(Math.imul(seed, 0x9e3779b1)));
  const theme = c.weighted(themes);
  const pools = poolsFor(c, theme);
  const first = theme === 'definitions' ? definitionRequests(c) : [];
  const operations: Operation[] = first.map((request, at) => ({ id: at + 1, ...request }));
  while (operations.length < sequenceLength) {
    const id = operations.length + 1;
    const scene: Scene = { c, theme, pool: c.pick(pools), id };
    operations.push({ id, ...drawn(scene, pools) });
  }
  return { seed, operations };
}

function poolsFor(c: Chooser, theme: Theme): readonly KindPool[] {
  const collected = kindsInScope.filter(({ isCollected }) => isCollected === true);
  if (theme === 'garbage') return collected;
  const access = kindsInScope.filter(({ group }) => group === 'rbac.authorization.k8s.io');
  const others = kindsInScope.filter((pool) => !access.includes(pool));
  const chosen = Array.from({ length: kindsOf[theme] }, () => c.pick(others));
  if (theme === 'namespaces') return [...chosen, namespacePool];
  if (theme !== 'access') return c.chance(0.15) ? [...chosen, c.pick(access)] : chosen;
  return [
    ...access,
    ...kindsInScope.filter(({ plural }) => plural === 'configmaps' || plural === 'secrets'),
    ...chosen.slice(0, 1),
  ];
}

function drawn(scene: Scene, pools: readonly KindPool[]): Request {
  const { c, theme, pool } = scene;
  if (theme === 'access' && c.chance(0.12)) return review(scene);
  if (pool.plural === 'namespaces' && c.chance(0.25)) return removedNamespace(scene);
  const request = ordinary(scene);
  // How far its end has come is nothing to rely on.
  if (pool.plural === 'namespaces' && request.method === 'DELETE') return removedNamespace(scene);
  const isWrite = request.method !== 'GET';
  const by = theme === 'access' && c.chance(0.4) ? asSomebody(scene, request) : request;
  return isWrite ? { ...by, ...settleAfter(scene, pools) } : by;
}

/** Its contents go with a namespace, a while later. */
function removedNamespace(scene: Scene): Request {
  const path = objectPath(scene, nameOf(scene));
  return { method: 'DELETE', path, settle: { of: 'absent', path } };
}
