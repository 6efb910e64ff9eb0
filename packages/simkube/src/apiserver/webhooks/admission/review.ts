import { uuid, type Random } from '@canaryop/reconcile/env';

import type { ApiObject, JsonObject } from '../../object/api-object.ts';
import type { ServedResource } from '../../registry/served-resource.ts';
import type { WebhookCaller } from '../webhook-caller.ts';
import { namespaceOf, type AdmissionChange, type AdmissionSubject, type GroupVersionKind } from './attributes.ts';
import { verdictOf, type Verdict } from './verdict.ts';
import type { Webhook } from './webhook.ts';

/** A change as one webhook is told of it. */
export interface Told extends AdmissionChange {
  /** The resource in the version that the webhook wants. */
  readonly resource: ServedResource;
}

/** The kind of the body in a version of the resource. */
export function kindIn(resource: ServedResource, subject: AdmissionSubject): GroupVersionKind {
  const { group, version, kind } = subject.bodyKind ?? resource;
  return { group, version, kind };
}

/** `request` of an AdmissionReview, but for its uid. */
export function reviewRequest(subject: AdmissionSubject, told: Told): JsonObject {
  const { resource, operation, object, oldObject } = told;
  const { subresource, user } = subject;
  const namespace = namespaceOf(subject, told);
  const below = subresource === '' ? {} : { subResource: subresource };
  const requestBelow = subresource === '' ? {} : { requestSubResource: subresource };
  return {
    kind: kindIn(resource, subject),
    resource: resourceOf(resource),
    ...below,
    requestKind: kindIn(subject.resource, subject),
    requestResource: resourceOf(subject.resource),
    ...requestBelow,
    ...(subject.name === '' ? {} : { name: subject.name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.username,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    object: kindFirst(object),
    oldObject: kindFirst(oldObject),
    dryRun: subject.dryRun,
    options: { kind: optionsKind(operation), apiVersion: 'meta.k8s.io/v1', ...subject.options },
  };
}

function resourceOf({ group, version, plural }: ServedResource): JsonObject {
  return { group, version, resource: plural };
}

function optionsKind(operation: AdmissionChange['operation']): string {
  return `${operation[0]}${operation.slice(1).toLowerCase()}Options`;
}

function kindFirst(object: ApiObject | undefined): unknown {
  if (object === undefined) return null;
  const { kind, apiVersion, ...rest } = object;
  return { kind, apiVersion, ...rest };
}

/** Asks a webhook. Never rejects. */
export async function askWebhook(
  { caller, random }: { readonly caller: WebhookCaller; readonly random: Random },
  webhook: Webhook,
  request: JsonObject,
  sort: 'mutating' | 'validating',
): Promise<Verdict> {
  const version = webhook.reviewVersion;
  if (version === undefined) {
    const why = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)';
    return { ok: false, why: `could not create admission objects: ${why}` };
  }
  const uid = uuid(random);
  const review = {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: { uid, ...request },
  };
  return verdictOf(await caller.post(webhook.clientConfig, review, webhook.timeoutMs), { uid, version, sort });
}
