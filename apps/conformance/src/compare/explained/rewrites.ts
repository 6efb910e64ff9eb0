import { resourceOf } from '../../play/resource-of.ts';
import type { Operation } from '../../sequence/operation.ts';
import type { Difference } from '../difference.ts';
import { isApply, isEmpty, metadataOf, type Explanation } from './explanation.ts';

/** Writes of a custom object that change nothing, after an apply with something empty in its metadata. */
export const emptyInStorage: Explanation = {
  name: 'rewrites of what etcd has as empty',
  reason:
    'Kubernetes writes an apply of a custom object with an empty list or map in its metadata each time, unless its watch cache lags. It also writes the next patch that changes nothing, as what it reads is not what etcd has. simkube writes each such apply, and nothing else.',
  covers: (difference, before) => {
    const { operation } = difference;
    if (hasEmptyMetadata(operation)) return isWrittenBy(difference, 'simkube');
    const isAfter = before.some(
      (each) => hasEmptyMetadata(each) && unversioned(operation).startsWith(unversioned(each)),
    );
    return isAfter && operation.method !== 'GET' && isWrittenBy(difference, 'kube-apiserver');
  },
};

/** Applies that want another time of creation: what came of them depends on the second in which they came. */
export const timesOfApplies: Explanation = {
  name: 'time of an apply that wants another creationTimestamp',
  reason:
    "Kubernetes notes the time of an apply that changes the object, before it puts the object's creationTimestamp back: the object is then written if a second has passed since the manager's last apply, and not otherwise.",
  covers: (difference) =>
    isApply(difference.operation) &&
    typeof metadataOf(difference.operation)['creationTimestamp'] === 'string' &&
    (isWrittenBy(difference, 'simkube') || isWrittenBy(difference, 'kube-apiserver')),
};

/** A PUT of a DaemonSet that leaves out its template generation. */
export const timesOfTemplateGenerations: Explanation = {
  name: 'time of a DaemonSet without its template generation',
  reason:
    'Kubernetes takes the annotation deprecated.daemonset.template.generation for changed where a PUT leaves it out, and puts it back after it noted the time: the object is then written if the new time changes the order of its managers, and not otherwise.',
  covers: (difference) =>
    difference.operation.method === 'PUT' &&
    resourceOf(difference.operation.path) === 'daemonsets' &&
    metadataOf(difference.operation)['annotations'] === undefined &&
    isWrittenBy(difference, 'kube-apiserver'),
};

/** Only which version is new differs: one of the two wrote. */
function isWrittenBy({ at, simulated, real }: Difference, server: 'simkube' | 'kube-apiserver'): boolean {
  const [writer, other] = server === 'simkube' ? [simulated, real] : [real, simulated];
  return at === 'body.metadata.resourceVersion' && writer === 'newest' && other === 'as before';
}

function hasEmptyMetadata(operation: Operation): boolean {
  return (
    /^\/apis\/[^/]*\.example\.com\//u.test(operation.path) &&
    isApply(operation) &&
    Object.values(metadataOf(operation)).some(isEmpty)
  );
}

/** The path of an operation, which an object has in every version. */
function unversioned({ path }: Operation): string {
  return path.replace(/^(?<group>\/apis\/[^/]+)\/[^/]+/u, '$<group>');
}
