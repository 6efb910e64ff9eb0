import type { ManagedFieldsEntry } from '@canaryop/reconcile/object';

import { jsonPatch } from '../../../patch/json-patch.ts';
import { decodeManagers } from '../../../patch/managed-fields.ts';
import type { Json } from '../../../schema/structural-schema.ts';
import type { ApiCore } from '../../api-core.ts';
import { withMetadata, type ApiObject } from '../../object/api-object.ts';
import { deepEqual } from '../../object/deep-equal.ts';
import { asJson } from '../../object/json.ts';
import type { ServedResource } from '../../registry/served-resource.ts';
import type { OutgoingCalls } from '../outgoing-calls.ts';
import type { WebhookCaller } from '../webhook-caller.ts';
import type { Admission, AdmissionChange, AdmissionSubject } from './attributes.ts';
import { meetsConditions } from './conditions.ts';
import { matchOf } from './matching.ts';
import { denied, dryRunUnsupported, failedCall, internalError, unchangeable } from './refusal.ts';
import { askWebhook, reviewRequest, type Told } from './review.ts';
import type { Verdict } from './verdict.ts';
import { webhooksOf, type Webhook } from './webhook.ts';

/** What admission of one request needs. */
export interface AdmissionContext {
  readonly core: ApiCore;
  readonly caller: WebhookCaller;
  readonly calls: OutgoingCalls;
  readonly warn: (message: string) => void;
  readonly subject: AdmissionSubject;
  /** A resource with the conversions that this request can wait for. */
  readonly bound: (resource: ServedResource) => ServedResource;
  /** Reads what a patch made of an object, in a version of the resource. Throws what is wrong with it. */
  readonly read: (resource: ServedResource, object: unknown) => ApiObject;
}

/** Webhooks have no say over the configurations that call them. */
const exempt = new Set([
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** The admission of a request by webhooks; undefined when there are none that could be asked. */
export function webhookAdmission(context: AdmissionContext): Admission | undefined {
  const { core, subject } = context;
  const { group, kind } = subject.resource;
  if (group === 'admissionregistration.k8s.io' && exempt.has(kind)) return undefined;
  const isNobodyThere = (['mutating', 'validating'] as const).every(
    (sort) => webhooksOf(core.storage, sort).length === 0,
  );
  return isNobodyThere ? undefined : new WebhookAdmission(context);
}

class WebhookAdmission implements Admission {
  readonly #context: AdmissionContext;

  constructor(context: AdmissionContext) {
    this.#context = context;
  }

  of(body: Parameters<Admission['of']>[0]): Admission {
    const { subject } = this.#context;
    return new WebhookAdmission({
      ...this.#context,
      subject: { ...subject, bodyKind: body.kind },
      read: (_, object) => body.read(object),
    });
  }

  mutate(change: AdmissionChange & { readonly object: ApiObject }): ApiObject {
    const mutated = this.#mutated(change) ?? change.object;
    if (mutated === change.object || decodeManagers(mutated.metadata?.managedFields) !== undefined) return mutated;
    const state = '.metadata.managedFields was in an invalid state after admission';
    const cause = 'this could be caused by an outdated mutating admission controller; please fix your requests';
    this.#context.warn(`${state}; ${cause}: ${managersProblem(mutated)}`);
    return withMetadata(mutated, { managedFields: change.object.metadata.managedFields });
  }

  validate(change: AdmissionChange): void {
    if (change.operation === 'DELETE') this.#mutated(change);
    const { subject } = this.#context;
    const named = { ...subject, name: subject.name === '' ? (change.object?.metadata.name ?? '') : subject.name };
    const asked = webhooksOf(this.#context.core.storage, 'validating').flatMap((webhook) => {
      const told = this.#told(webhook, named, change);
      return told === undefined ? [] : [{ webhook, told }];
    });
    const [unsupported] = asked.filter(({ webhook }) => subject.dryRun && !webhook.supportsDryRun);
    if (unsupported !== undefined) throw dryRunUnsupported(unsupported.webhook.name);
    const verdicts = this.#ask(asked, named, 'validating');
    for (const [at, { webhook }] of asked.entries()) this.#heed(webhook, verdicts[at]);
  }

  /** One webhook after the other, each on what those before it made; then once more those that asked for it. */
  #mutated(change: AdmissionChange): ApiObject | undefined {
    const reinvocations = new Reinvocations();
    let current = change;
    for (const isAgain of [false, true]) {
      for (const webhook of webhooksOf(this.#context.core.storage, 'mutating')) {
        const told = this.#told(webhook, this.#context.subject, current);
        if (told === undefined || (isAgain && !reinvocations.isDue(webhook))) continue;
        const object = this.#mutatedBy(webhook, told);
        if (object !== undefined) current = { ...current, object };
        reinvocations.record(webhook, object !== undefined);
      }
    }
    return current.object;
  }

  /** The object as one webhook wants it, in the request's version; undefined when it changes nothing. */
  #mutatedBy(webhook: Webhook, told: Told): ApiObject | undefined {
    const { subject, read } = this.#context;
    if (subject.dryRun && !webhook.supportsDryRun) throw dryRunUnsupported(webhook.name);
    const [verdict] = this.#ask([{ webhook, told }], subject, 'mutating');
    const patch = this.#heed(webhook, verdict);
    if (patch.length === 0) return undefined;
    if (told.object === undefined) throw unchangeable(webhook.name);
    const outcome = jsonPatch(asJson(told.object), patch as readonly Json[]);
    if (!outcome.ok) throw internalError(outcome.message);
    const object = read(told.resource, outcome.object);
    return deepEqual(object, told.object) ? undefined : inRequestVersion(object, subject, told.resource);
  }

  /** What a webhook is to be told; undefined when it does not want to know. */
  #told(webhook: Webhook, subject: AdmissionSubject, change: AdmissionChange): Told | undefined {
    const match = matchOf(this.#context.core, webhook, subject, change);
    if (match === undefined) return undefined;
    if ('refusal' in match) throw match.refusal;
    const resource = this.#context.bound(match.resource);
    const told = { ...change, resource, ...inVersion(change, subject, resource) };
    return meetsConditions(webhook, subject, told) ? told : undefined;
  }

  #ask(
    asked: readonly { readonly webhook: Webhook; readonly told: Told }[],
    subject: AdmissionSubject,
    sort: 'mutating' | 'validating',
  ): readonly Verdict[] {
    const { calls, caller } = this.#context;
    return calls.answers(
      asked.map(({ webhook, told }) => {
        const request = reviewRequest(subject, told);
        return {
          key: `${sort} ${webhook.id} ${JSON.stringify(request)}`,
          ask: () => askWebhook({ caller, random: calls.random }, webhook, request, sort),
        };
      }),
    );
  }

  /** Passes warnings on, throws a refusal, and gives the patch. */
  #heed(webhook: Webhook, verdict: Verdict | undefined): readonly unknown[] {
    if (verdict === undefined) return [];
    if (!verdict.ok) {
      if (!webhook.isIgnoredWhenFailing) throw failedCall(webhook.name, verdict.why);
      this.#context.core.env.log.warn('failed calling a webhook, which may fail', {
        webhook: webhook.name,
        why: verdict.why,
      });
      return [];
    }
    for (const warning of verdict.warnings) this.#context.warn(warning);
    if (!verdict.allowed) throw denied(webhook.name, verdict.status);
    return verdict.patch;
  }
}

/** Which webhooks see an object once more, because others changed it after them. */
class Reinvocations {
  readonly #invoked = new Set<string>();
  readonly #due = new Set<string>();

  isDue({ id }: Webhook): boolean {
    return this.#due.has(id);
  }

  record({ id, isReinvoked }: Webhook, hasChanged: boolean): void {
    if (hasChanged) {
      for (const each of this.#invoked) this.#due.add(each);
      this.#invoked.clear();
    }
    if (isReinvoked) this.#invoked.add(id);
  }
}

function managersProblem({ metadata }: ApiObject): string {
  const isOperation = ({ operation }: ManagedFieldsEntry): boolean => operation === 'Apply' || operation === 'Update';
  const areSound = (metadata.managedFields ?? []).every(isOperation);
  return areSound ? 'an entry cannot be read' : 'operation must be `Apply` or `Update`';
}

/** Both objects in a version of the resource. What is no object of the resource has but one version. */
function inVersion(
  change: AdmissionChange,
  subject: AdmissionSubject,
  resource: ServedResource,
): Pick<AdmissionChange, 'object' | 'oldObject'> {
  if (resource === subject.resource || subject.bodyKind !== undefined) return {};
  const convert = (object: ApiObject): ApiObject => resource.fromStored(subject.resource.toStored(object));
  return {
    ...(change.object === undefined ? {} : { object: convert(change.object) }),
    ...(change.oldObject === undefined ? {} : { oldObject: convert(change.oldObject) }),
  };
}

function inRequestVersion(object: ApiObject, subject: AdmissionSubject, resource: ServedResource): ApiObject {
  if (resource === subject.resource || subject.bodyKind !== undefined) return object;
  return subject.resource.fromStored(resource.toStored(object));
}
