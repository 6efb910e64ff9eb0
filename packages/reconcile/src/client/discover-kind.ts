import { isJsonObject } from '../object/json.ts';
import { resourceKind, type ResourceKind } from '../object/resource-kind.ts';
import { isNotFound } from './api-error.ts';
import { sendRequest, type ApiRequestContext, type RequestLimits } from './api-request.ts';

/** A resource as URLs name it. */
export interface ResourceNames {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

const limits: RequestLimits = { timeoutMs: 10_000, maxRetries: 3, maxRetryAfterMs: 5000 };

/**
 * Asks the server what kind a resource is of, and whether it has namespaces: for who knows its name only when running.
 * Undefined when the server does not serve it, as before its CRD is there.
 */
export async function discoverKind(
  context: ApiRequestContext,
  { group, version, plural }: ResourceNames,
  signal?: AbortSignal,
): Promise<ResourceKind | undefined> {
  const segments = group === '' ? ['api', version] : ['apis', group, version];
  const path = `/${segments.map(encodeURIComponent).join('/')}`;
  const action = `discover ${group === '' ? plural : `${plural}.${group}`}`;
  try {
    const answer = await sendRequest(context, { method: 'GET', path, action, signal }, limits);
    const resources = isJsonObject(answer) && Array.isArray(answer['resources']) ? answer['resources'] : [];
    const found = resources.find((each) => isJsonObject(each) && each['name'] === plural);
    if (!isJsonObject(found) || typeof found['kind'] !== 'string') return undefined;
    return resourceKind({ group, version, plural, kind: found['kind'], namespaced: found['namespaced'] === true });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
