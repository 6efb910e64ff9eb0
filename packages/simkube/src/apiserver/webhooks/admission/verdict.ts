import { isJsonObject, listAt, objectAt, stringAt, type JsonObject } from '../../object/api-object.ts';
import type { CallOutcome } from '../webhook-caller.ts';

/** What a webhook said, or why it said nothing that counts. */
export type Verdict =
  | {
      readonly ok: true;
      readonly allowed: boolean;
      /** A `metav1.Status` that says why not. */
      readonly status: JsonObject | undefined;
      readonly warnings: readonly string[];
      /** Operations of a JSON patch. */
      readonly patch: readonly unknown[];
    }
  | { readonly ok: false; readonly why: string };

/** What an answer has to be an answer to. */
export interface Expected {
  readonly uid: string;
  readonly version: string;
  readonly sort: 'mutating' | 'validating';
}

/** Reads the answer to a review. */
export function verdictOf(outcome: CallOutcome, expected: Expected): Verdict {
  if (!outcome.ok) return { ok: false, why: `failed to call webhook: ${outcome.why}` };
  const review = objectAt(outcome, 'body');
  const response = review['response'];
  const invalid = (why: string): Verdict => ({ ok: false, why: `received invalid webhook response: ${why}` });
  if (!isJsonObject(response)) return invalid('webhook response was absent');
  const other = otherVersion(review, expected.version);
  if (other !== undefined) return { ok: false, why: `failed to call webhook: ${other}` };
  const problem = expected.version === 'v1' ? responseProblem(review, response, expected) : undefined;
  return problem === undefined ? verdictIn(response, expected) : invalid(problem);
}

function verdictIn(response: JsonObject, { sort, version }: Expected): Verdict {
  const patch = sort === 'mutating' ? patchOf(response) : [];
  if (typeof patch === 'string') return { ok: false, why: `received undecodable patch in webhook response: ${patch}` };
  if (patch.length > 0 && version === 'v1' && response['patchType'] !== 'JSONPatch') {
    return { ok: false, why: `unsupported patch type ${JSON.stringify(response['patchType'])}` };
  }
  return {
    ok: true,
    allowed: response['allowed'] === true,
    status: isJsonObject(response['status']) ? response['status'] : undefined,
    warnings: listAt(response, 'warnings').map(String),
    patch,
  };
}

/** The other of the two versions is an answer that Go cannot turn into this one. */
function otherVersion({ apiVersion, kind }: JsonObject, version: string): string | undefined {
  const other = version === 'v1' ? 'v1beta1' : 'v1';
  if (kind !== 'AdmissionReview' || apiVersion !== `admission.k8s.io/${other}`) return undefined;
  return `converting (${other}.AdmissionReview) to (${version}.AdmissionReview): unknown conversion`;
}

function responseProblem(review: JsonObject, response: JsonObject, expected: Expected): string | undefined {
  const uid = stringAt(response, 'uid') ?? '';
  if (uid !== expected.uid) {
    return `expected response.uid=${JSON.stringify(expected.uid)}, got ${JSON.stringify(uid)}`;
  }
  const { apiVersion, kind } = review;
  const got = `${versionText(apiVersion)}, Kind=${typeof kind === 'string' ? kind : ''}`;
  const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
  return got === wanted ? patchProblem(response, expected) : `expected webhook response of ${wanted}, got ${got}`;
}

function patchProblem(response: JsonObject, { sort }: Expected): string | undefined {
  const hasPatch = (stringAt(response, 'patch') ?? '') !== '';
  const { patchType } = response;
  if (sort === 'validating') {
    if (hasPatch) return 'validating webhook may not return response.patch';
    return patchType === undefined ? undefined : 'validating webhook may not return response.patchType';
  }
  if (hasPatch && patchType === undefined) return 'webhook returned response.patch but not response.patchType';
  if (!hasPatch && patchType !== undefined) return 'webhook returned response.patchType but not response.patch';
  return patchType === '' ? 'webhook returned invalid response.patchType of ""' : undefined;
}

/** How Go prints the group and version of a kind: an absent one is `/`. */
function versionText(apiVersion: unknown): string {
  if (typeof apiVersion !== 'string') return '/';
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
}

/** The operations, or why they can't be read. */
function patchOf(response: JsonObject): readonly unknown[] | string {
  const text = stringAt(response, 'patch') ?? '';
  if (text === '') return [];
  try {
    const patch: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    if (Array.isArray(patch)) return patch as readonly unknown[];
    return `json: cannot unmarshal ${goType(patch)} into Go value of type jsonpatch.Patch`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}
