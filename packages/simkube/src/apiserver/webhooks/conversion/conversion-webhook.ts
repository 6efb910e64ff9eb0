import { uuid, type Random } from '@canaryop/reconcile/env';

import {
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  valueAt,
  type ApiObject,
  type JsonObject,
} from '../../object/api-object.ts';
import type { WebhookCaller } from '../webhook-caller.ts';
import { convertedObject } from './converted-object.ts';

/** How the versions of a definition become one another through a webhook. */
export interface ConversionWebhook {
  readonly clientConfig: JsonObject;
  /** Versions of ConversionReview that the webhook speaks, the preferred one first. */
  readonly reviewVersions: readonly string[];
  /** `example.com/v1`: what objects are stored as. */
  readonly storedAs: string;
}

/** The object in the other version, or why there is none. */
export type Conversion =
  | { readonly ok: true; readonly object: ApiObject }
  | { readonly ok: false; readonly why: string };

/** What conversions need. */
export interface ConversionContext {
  readonly caller: WebhookCaller;
  readonly random: Random;
}

const timeoutMs = 30_000;

/** Asks a webhook for an object in another version. Never rejects. */
export async function convert(
  { caller, random }: ConversionContext,
  webhook: ConversionWebhook,
  object: ApiObject,
  apiVersion: string,
): Promise<Conversion> {
  const version = webhook.reviewVersions.find((each) => each === 'v1' || each === 'v1beta1');
  if (version === undefined) return { ok: false, why: 'no supported conversion review versions' };
  const uid = uuid(random);
  const kind = 'ConversionReview';
  const reviewVersion = `apiextensions.k8s.io/${version}`;
  const request = { uid, desiredAPIVersion: apiVersion, objects: [object] };
  const outcome = await caller.post(webhook.clientConfig, { kind, apiVersion: reviewVersion, request }, timeoutMs);
  const of = `conversion webhook for ${object.apiVersion}, Kind=${object.kind}`;
  if (!outcome.ok) return { ok: false, why: `${of} failed: ${outcome.why}` };
  const review = objectAt(outcome, 'body');
  const problem = reviewProblem(review, { uid, version });
  if (problem !== undefined) return { ok: false, why: `${of} failed: ${problem}` };
  const objects = listAt(review, 'response', 'convertedObjects');
  if (objects.length !== 1) return { ok: false, why: `${of} returned ${objects.length} objects, expected 1` };
  const converted = convertedObject(object, objects[0], apiVersion);
  return converted.ok ? converted : { ok: false, why: `${of} ${converted.why}` };
}

function reviewProblem(
  review: JsonObject,
  { uid, version }: { readonly uid: string; readonly version: string },
): string | undefined {
  const { response } = review;
  const got = `${stringAt(review, 'apiVersion') ?? '/'}, Kind=${stringAt(review, 'kind') ?? ''}`;
  const wanted = 'apiextensions.k8s.io/v1, Kind=ConversionReview';
  if (version === 'v1' && got !== wanted) return `expected webhook response of ${wanted}, got ${got}`;
  if (!isJsonObject(response)) return 'no response provided';
  const answered = stringAt(response, 'uid') ?? '';
  if (version === 'v1' && answered !== uid) {
    return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered)}`;
  }
  return resultProblem(response);
}

function resultProblem(response: JsonObject): string | undefined {
  const status = stringAt(response, 'result', 'status') ?? '';
  if (status === 'Success') return undefined;
  const message = valueAt(response, 'result', 'message');
  return typeof message === 'string' && message !== ''
    ? message
    : `response.result.status was '${status}', not 'Success'`;
}
