import type { Desired } from '../../client/client.ts';
import type { KubernetesObject } from '../../object/object.ts';
import { apiVersionOf } from '../../object/resource-kind.ts';
import { canOwn, controllerReference } from '../../owners/owner-reference.ts';
import { dependentLabel, type Dependent, type DesiredChild } from './dependent.ts';

/** A desired child with all that follows from whose it is. Throws where garbage collection could not follow. */
export function childOf(
  { name, kind }: Dependent,
  primary: KubernetesObject,
  { metadata, ...rest }: DesiredChild<KubernetesObject>,
): Desired<KubernetesObject> {
  const namespace = metadata.namespace ?? primary.metadata.namespace;
  const child = {
    ...rest,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      ...metadata,
      ...(kind.namespaced && namespace !== undefined ? { namespace } : {}),
      labels: { ...metadata.labels, [dependentLabel]: name },
      ownerReferences: [controllerReference(primary)],
    },
  };
  if (canOwn(primary, child)) return child;
  const where = child.metadata.namespace === undefined ? 'in no namespace' : `in ${child.metadata.namespace}`;
  throw new Error(
    `dependent ${name}: ${kind.kind} ${metadata.name} is ${where}, and its owner in ${primary.metadata.namespace}: ` +
      'an owner has to be in the same namespace, or in none',
  );
}
