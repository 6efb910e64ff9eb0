import {
  apiVersionOf,
  resourceKind,
  resourcePath,
  type KubernetesObject,
  type ResourceKind,
} from '@canaryop/reconcile/object';
import { adminUser, type ApiServer } from '@canaryop/simkube';

/** Posts manifests in their order, as an administrator, with strict field validation. Rejects at the first refusal. */
export async function install(
  server: Pick<ApiServer, 'transport'>,
  manifests: readonly KubernetesObject[],
): Promise<void> {
  const transport = server.transport(adminUser);
  for (const manifest of manifests) {
    const { namespace, name } = manifest.metadata;
    const response = await transport.request({
      method: 'POST',
      url: `https://cluster${resourcePath(kindOf(manifest), { namespace })}?fieldValidation=Strict`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(manifest),
    });
    let text = '';
    for await (const chunk of response.body) text += Buffer.from(chunk).toString('utf8');
    if (response.status !== 201) throw new Error(`${manifest.kind} ${name}: ${response.status} ${text}`);
  }
}

/** The kind of a manifest: its plural by rule, and namespaced when the manifest has a namespace. */
export function kindOf(manifest: KubernetesObject): ResourceKind {
  const [version = '', group = ''] = manifest.apiVersion.split('/').toReversed();
  const kind = resourceKind({
    group,
    version,
    kind: manifest.kind,
    plural: `${manifest.kind.toLowerCase()}s`,
    namespaced: manifest.metadata.namespace !== undefined,
  });
  if (apiVersionOf(kind) !== manifest.apiVersion) throw new Error(`not an apiVersion: ${manifest.apiVersion}`);
  return kind;
}
