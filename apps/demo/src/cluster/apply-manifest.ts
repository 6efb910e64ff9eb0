import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import type { ApiServer } from '@canaryop/simkube';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Creates objects as `kubectl apply` does, so that the user's `kubectl apply` of the same finds nothing to change. */
export function createAsKubectlApply(server: ApiServer, objects: readonly KubernetesObject[]): void {
  const api = server.loopbackAs('kubectl-client-side-apply');
  for (const object of objects) {
    const resource = server.core.registry.findKind(object.apiVersion, object.kind);
    if (resource === undefined) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
    api.create(resourceKind<KubernetesObject>(resource), withLastApplied(object));
  }
}

/** The object with what was applied noted on it, character for character as kubectl writes it. */
export function withLastApplied(object: KubernetesObject): KubernetesObject {
  const { annotations = {} } = object.metadata;
  const applied = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${goJson(applied)}\n`;
  return { ...applied, metadata: { ...applied.metadata, annotations: { ...annotations, [lastApplied]: text } } };
}

/** JSON as Go's encoder writes it: keys sorted, and characters escaped that mean something in HTML. */
function goJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return text.replaceAll(
    /[<>&\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
