import { ApiError, type Client } from '@canaryop/reconcile/client';
import {
  groupResourceOf,
  keyOf,
  keyText,
  resourcePath,
  type ObjectKey,
  type ResourceKind,
} from '@canaryop/reconcile/object';

import type { Write } from '../../rollout/write.ts';
import { contentPatch, copyOf, isFixed, type ConfigObject } from '../../targets/adopted/config/copy-of.ts';
import type { ConfigTracking } from './config-tracking.ts';

/** What copying needs. */
export interface Copier {
  readonly client: Client;
  readonly configs: Pick<ConfigTracking, 'checksumOf'>;
  readonly signal: AbortSignal;
}

/**
 * Copies the content of a ConfigMap or Secret, which is read now and forgotten with the answer. Rejects when the content
 * is another one than was judged: what is there now is planned anew.
 */
export async function copyConfig(
  { client, configs, signal }: Copier,
  { kind, desired, live, source: { name, checksum } }: Write & { readonly verb: 'copy' },
): Promise<void> {
  // The kinds of digests are those of the objects on the wire.
  const whole = kind as ResourceKind<ConfigObject>;
  const key = keyOf(desired);
  const source = await client.get(whole, { ...key, name }, signal);
  if (source === undefined || configs.checksumOf(source) !== checksum)
    throw stale(kind, { ...key, name }, 'its content is another one than was judged, so it is not copied');
  const copy = live && (await client.get(whole, key, signal));
  if (copy !== undefined && copy.metadata.uid !== live?.metadata.uid)
    throw stale(kind, key, 'it is another object than before');
  if (copy !== undefined && !isFixed(copy, source)) {
    await client.patch(whole, copy, contentPatch(copy, source), signal);
    return;
  }
  if (copy !== undefined) await client.delete(whole, copy, { propagation: 'Background' }, signal);
  await client.create(whole, copyOf(source, desired.metadata), signal);
}

/** What the server itself would say, were content a precondition: the decision was made on a stale view. */
function stale(kind: ResourceKind, key: ObjectKey, detail: string): ApiError {
  const action = `copy ${groupResourceOf(kind)} ${keyText(key)}`;
  return new ApiError({ status: 409, reason: 'Conflict', detail, action, request: `GET ${resourcePath(kind, key)}` });
}
