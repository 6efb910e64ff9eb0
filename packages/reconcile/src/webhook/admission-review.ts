import type { FieldError } from '../crd/field-error.ts';
import { deepFreeze, isJsonObject, ownValue, type JsonObject } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { present } from '../object/present.ts';
import { groupResourceOf } from '../object/resource-kind.ts';
import type { AdmissionOperation, AdmissionRequest, AdmissionVerdict, AdmissionWebhook } from './admission.ts';
import { jsonPatch } from './json-patch.ts';

/** What a webhook says of a request. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: JsonObject;
  readonly patchType?: 'JSONPatch';
  /** Base64 of a JSON patch. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
}

const operations: ReadonlySet<unknown> = new Set<AdmissionOperation>(['CREATE', 'UPDATE', 'DELETE']);

/** What a webhook has beside the request. */
export type AdmissionContext = Pick<AdmissionRequest<KubernetesObject>, 'signal' | 'log' | 'reader'>;

/** The request of an `admission.k8s.io/v1 AdmissionReview`; undefined for anything else. */
export function admissionRequestOf(review: unknown): JsonObject | undefined {
  if (!isJsonObject(review) || ownValue(review, 'apiVersion') !== 'admission.k8s.io/v1') return undefined;
  const request = ownValue(review, 'request');
  if (!isJsonObject(request) || typeof ownValue(request, 'uid') !== 'string') return undefined;
  return operations.has(ownValue(request, 'operation')) ? request : undefined;
}

/**
 * Asks a webhook about a request, and never rejects: what it throws is a refusal that tells the user nothing but where
 * to look.
 */
export async function answerAdmission(
  webhook: AdmissionWebhook,
  wire: JsonObject,
  context: AdmissionContext,
): Promise<{ readonly response: AdmissionResponse; readonly error?: unknown }> {
  const warnings: string[] = [];
  const uid = String(wire['uid']);
  try {
    const request = requestOf(wire, warnings, context);
    const answer = webhook.type === 'validating' ? await judged(webhook, request) : await completed(webhook, request);
    return { response: { uid, ...answer, ...(warnings.length === 0 ? {} : { warnings }) } };
  } catch (error) {
    const message = `the webhook ${webhook.name} failed; its log tells more, by uid ${uid}`;
    return { response: { uid, allowed: false, status: { code: 500, reason: 'InternalError', message } }, error };
  }
}

function requestOf(
  wire: JsonObject,
  warnings: string[],
  { signal, log, reader }: AdmissionContext,
): AdmissionRequest<KubernetesObject> {
  // Its shape is the API server's (admission/v1 types.go), which alone is asked to send it.
  const request = wire as unknown as {
    readonly uid: string;
    readonly operation: AdmissionOperation;
    readonly name?: string;
    readonly namespace?: string;
    readonly subResource?: string;
    readonly object: KubernetesObject | null;
    readonly oldObject: KubernetesObject | null;
    readonly dryRun?: boolean;
    readonly userInfo?: { readonly username?: string; readonly uid?: string; readonly groups?: readonly string[] };
  };
  const { uid, operation, namespace, subResource, userInfo = {} } = request;
  const previous = request.oldObject ?? undefined;
  const object = deepFreeze(request.object ?? previous);
  if (object === undefined || object === null) throw new Error(`admission request ${uid} has no object`);
  return {
    uid,
    operation,
    name: request.name ?? object.metadata.name,
    object,
    user: { username: userInfo.username ?? '', groups: userInfo.groups ?? [], ...present({ uid: userInfo.uid }) },
    isDryRun: request.dryRun ?? false,
    reader,
    signal,
    log,
    warn: (message) => warnings.push(message),
    ...present({
      namespace,
      subresource: subResource,
      previous: operation === 'UPDATE' ? deepFreeze(previous) : undefined,
    }),
  };
}

type Answer = Omit<AdmissionResponse, 'uid' | 'warnings'>;

async function judged(
  webhook: AdmissionWebhook & { readonly type: 'validating' },
  request: AdmissionRequest<KubernetesObject>,
): Promise<Answer> {
  const verdict = await webhook.validate(request);
  const isRight = verdict === undefined || (Array.isArray(verdict) && verdict.length === 0);
  return isRight ? { allowed: true } : { allowed: false, status: refusalOf(webhook, request, verdict) };
}

function refusalOf(
  { kind }: AdmissionWebhook,
  { name }: AdmissionRequest<KubernetesObject>,
  verdict: NonNullable<AdmissionVerdict>,
): JsonObject {
  if (typeof verdict === 'string') return { code: 403, reason: 'Forbidden', message: verdict };
  if ('message' in verdict) {
    const { message, reason = 'Forbidden' } = verdict;
    return { code: { Forbidden: 403, Invalid: 422, Conflict: 409 }[reason], reason, message };
  }
  const fields: readonly FieldError[] = verdict;
  const message = fields.map((each) => `${each.path}: ${each.message}`).join(', ');
  return {
    code: 422,
    reason: 'Invalid',
    message: `${kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`} ${JSON.stringify(name)} is invalid: ${message}`,
    details: {
      name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes: fields.map((each) => ({ reason: 'FieldValueInvalid', field: each.path, message: each.message })),
    },
  };
}

async function completed(
  webhook: AdmissionWebhook & { readonly type: 'mutating' },
  request: AdmissionRequest<KubernetesObject>,
): Promise<Answer> {
  const patch = jsonPatch(request.object, (await webhook.mutate(request)) ?? request.object);
  if (patch.length === 0) return { allowed: true };
  return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

/** For logs: which webhook, of what, without the object. */
export function describeRequest(webhook: AdmissionWebhook, wire: JsonObject): Readonly<Record<string, unknown>> {
  return {
    webhook: webhook.name,
    resource: groupResourceOf(webhook.kind),
    operation: ownValue(wire, 'operation'),
    namespace: ownValue(wire, 'namespace'),
    name: ownValue(wire, 'name'),
    uid: ownValue(wire, 'uid'),
  };
}
