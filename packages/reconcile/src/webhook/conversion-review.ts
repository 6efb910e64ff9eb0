import type { KindVersions } from '../versions/kind-versions.ts';
import { isJsonObject, ownValue, type JsonObject } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';

/** What is answered to a `ConversionReview`. */
export interface ConversionResponse {
  readonly uid: string;
  readonly convertedObjects: readonly KubernetesObject[];
  readonly result: { readonly status: 'Success' } | { readonly status: 'Failed'; readonly message: string };
}

/** The request of an `apiextensions.k8s.io/v1 ConversionReview`; undefined for anything else. */
export function conversionRequestOf(review: unknown): JsonObject | undefined {
  if (!isJsonObject(review) || ownValue(review, 'apiVersion') !== 'apiextensions.k8s.io/v1') return undefined;
  const request = ownValue(review, 'request');
  if (!isJsonObject(request) || typeof ownValue(request, 'uid') !== 'string') return undefined;
  return Array.isArray(ownValue(request, 'objects')) ? request : undefined;
}

/** Converts every object, or none: the API server can use nothing else. */
export function answerConversion(
  kinds: readonly KindVersions[],
  request: JsonObject,
): { readonly response: ConversionResponse; readonly error?: unknown } {
  // Its shape is the API server's (apiextensions/v1 types.go).
  const { uid, desiredAPIVersion, objects } = request as unknown as {
    readonly uid: string;
    readonly desiredAPIVersion: string;
    readonly objects: readonly KubernetesObject[];
  };
  try {
    const convertedObjects = objects.map((object) => versionsOf(kinds, object).convert(object, desiredAPIVersion));
    return { response: { uid, convertedObjects, result: { status: 'Success' } } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { response: { uid, convertedObjects: [], result: { status: 'Failed', message } }, error };
  }
}

function versionsOf(kinds: readonly KindVersions[], { apiVersion, kind }: KubernetesObject): KindVersions {
  const [group] = apiVersion.split('/');
  const found = kinds.find(({ current }) => current.kind === kind && current.group === group);
  if (found === undefined) throw new Error(`there is no conversion of ${apiVersion} ${kind} here`);
  return found;
}
