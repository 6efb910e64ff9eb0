import type { CustomKind } from '@canaryop/reconcile/crd';
import { apiVersionOf, type KubernetesObject } from '@canaryop/reconcile/object';
import { validateObject } from '@canaryop/reconcile/validation';

import { fc, type Arbitrary } from './fast-check.ts';
import { valuesOf } from './values-of.ts';

/** So many refused in a row, and nothing will come. */
const maxRefused = 2000;

/**
 * Objects of a kind as an API server would store them, for property tests with fast-check: of its schema, with defaults,
 * and within its CEL rules. Each is called `a`, in the namespace `default`. Generating throws, naming a rule, when the
 * rules refuse nearly everything that the schema lets through: state them in the schema, or make your own objects.
 */
export function objectsOf<T extends KubernetesObject>(kind: CustomKind<T>): Arbitrary<T> {
  const { spec, status } = kind.schema.properties ?? {};
  const metadata = { name: 'a', uid: 'a-uid', ...(kind.namespaced ? { namespace: 'default' } : {}) };
  let refused = 0;
  return fc
    .record(
      {
        apiVersion: fc.constant(apiVersionOf(kind)),
        kind: fc.constant(kind.kind),
        metadata: fc.constant(metadata),
        ...(spec === undefined ? {} : { spec: valuesOf(spec) }),
        ...(status === undefined ? {} : { status: valuesOf(status) }),
      },
      { requiredKeys: ['apiVersion', 'kind', 'metadata', 'spec'] as never[], noNullPrototype: true },
    )
    .map((object) => kind.withDefaults(object as never))
    .filter((object) => {
      const [error] = validateObject(kind, object);
      if (error === undefined) {
        refused = 0;
        return true;
      }
      refused += 1;
      if (refused > maxRefused)
        throw new Error(`${kind.kind}: hardly any object of its schema is valid; ${error.path} ${error.message}`);
      return false;
    });
}
