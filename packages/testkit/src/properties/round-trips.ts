import type { CustomKind } from '@canaryop/reconcile/crd';
import { apiVersionOf, jsonEqual, type KubernetesObject } from '@canaryop/reconcile/object';
import { validateObject } from '@canaryop/reconcile/validation';
import type { KindVersions } from '@canaryop/reconcile/versions';

import { fc } from './fast-check.ts';
import { objectsOf } from './objects-of.ts';

/** How hard to look. */
export interface RoundTripOptions {
  /** Objects for each pair of versions. @default 200 */
  readonly runs?: number;
  /** Of the random sequence; that of a failure is in its message. @default another each time */
  readonly seed?: number;
  /** Fields of older versions for which the current one has no word: `spec.smoking`. @default none */
  readonly mayKeep?: readonly string[];
}

/**
 * Holds the conversions of a kind to what an API server and its users count on: an object of any version is valid in
 * every other, and comes back from there as it was. The current version says all that an older one does: what is kept in
 * an annotation on that way is a conversion that mixes something up, but for `mayKeep`. Throws with the smallest object
 * for which that is not so, and with the seed that finds it again.
 */
export function checkRoundTrips<T extends KubernetesObject>(
  versions: KindVersions<T>,
  { runs = 200, seed, mayKeep = [] }: RoundTripOptions = {},
): void {
  const current = versions.current as unknown as CustomKind<KubernetesObject>;
  const kinds = [current, ...versions.older.map(({ kind }) => kind)];
  for (const from of kinds) {
    for (const to of kinds.filter((other) => other !== from)) {
      const isKept = (object: KubernetesObject): void => {
        checkOne(versions, { object, from, to });
        if (to === current) checkKept(versions, { object, from, to }, mayKeep);
      };
      fc.assert(fc.property(objectsOf(from), isKept), {
        numRuns: runs,
        includeErrorInReport: true,
        ...(seed === undefined ? {} : { seed }),
      });
    }
  }
}

interface Trip {
  readonly object: KubernetesObject;
  readonly from: CustomKind<KubernetesObject>;
  readonly to: CustomKind<KubernetesObject>;
}

function checkOne(versions: KindVersions, { object, from, to }: Trip): void {
  const way = `${from.version} to ${to.version}`;
  const there = versions.convert(object, apiVersionOf(to));
  const [error] = validateObject(to, there);
  if (error !== undefined)
    throw new Error(`${way}: ${JSON.stringify(there)} is not valid: ${error.path} ${error.message}`);
  const back = versions.convert(there, apiVersionOf(from));
  if (!jsonEqual(back, object))
    throw new Error(`${way} and back: ${JSON.stringify(object)} became ${JSON.stringify(back)}`);
}

function checkKept(versions: KindVersions, { object, from, to }: Trip, mayKeep: readonly string[]): void {
  const { annotations = {} } = versions.convert(object, apiVersionOf(to)).metadata;
  const kept = JSON.parse(annotations[`conversion.${from.group}/${from.version}`] ?? '[]') as readonly {
    readonly path: readonly string[];
  }[];
  const field = kept.map(({ path }) => path.join('.')).find((path) => !mayKeep.includes(path));
  if (field !== undefined)
    throw new Error(
      `${from.version} to ${to.version}: ${field} of ${JSON.stringify(object)} comes back as it was only because it is ` +
        'kept in an annotation; convert it, or name it in mayKeep',
    );
}
