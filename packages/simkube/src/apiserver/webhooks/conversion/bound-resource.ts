import { prunedBy, readWith } from '../../definitions/version-conversion.ts';
import type { ApiObject } from '../../object/api-object.ts';
import type { ServedResource } from '../../registry/served-resource.ts';
import { StatusError } from '../../status/status-error.ts';
import type { OutgoingCalls } from '../outgoing-calls.ts';
import type { WebhookCaller } from '../webhook-caller.ts';
import { convert, type Conversion, type ConversionWebhook } from './conversion-webhook.ts';

/** Lets one request use resources whose versions a webhook converts. */
export class BoundResources {
  readonly #calls: OutgoingCalls;
  readonly #caller: WebhookCaller;
  readonly #known = new WeakMap<ServedResource, ServedResource>();

  constructor(calls: OutgoingCalls, caller: WebhookCaller) {
    this.#calls = calls;
    this.#caller = caller;
  }

  /** The resource with conversions that this request waits for; the same one where versions differ in nothing. */
  of(resource: ServedResource): ServedResource {
    const custom = resource.custom;
    if (custom?.webhook === undefined) return resource;
    let bound = this.#known.get(resource);
    if (bound === undefined) {
      const { webhook } = custom;
      bound = {
        ...resource,
        fromStored: (object) => this.#converted(resource, webhook, [object])[0] ?? object,
        fromStoredAll: (objects) => this.#converted(resource, webhook, objects),
        convertTo: (object, apiVersion) => this.#shown(webhook, object, apiVersion),
        toStored: (object) => this.#stored(resource, webhook, object),
      };
      this.#known.set(resource, bound);
      this.#known.set(bound, bound);
    }
    return bound;
  }

  #converted(
    resource: ServedResource,
    webhook: ConversionWebhook,
    objects: readonly ApiObject[],
  ): readonly ApiObject[] {
    const wanted = `${resource.group}/${resource.version}`;
    const others = objects.filter(({ apiVersion }) => apiVersion !== wanted);
    const answers = this.#ask(webhook, others, wanted);
    const found = new Map(others.map((object, at) => [object, readable(resource, answers[at])]));
    return objects.map((object) => found.get(object) ?? object);
  }

  #stored(resource: ServedResource, webhook: ConversionWebhook, object: ApiObject): ApiObject {
    const { storedAs } = webhook;
    if (object.apiVersion === storedAs) return object;
    const [answer] = this.#ask(webhook, [object], storedAs);
    const { schema } = resource.custom?.inVersion(storedAs) ?? resource;
    return prunedBy(schema, readableObject(answer));
  }

  #shown(webhook: ConversionWebhook, object: ApiObject, apiVersion: string): ApiObject | undefined {
    if (object.apiVersion === apiVersion) return object;
    const [answer] = this.#ask(webhook, [object], apiVersion);
    return answer?.ok === true ? answer.object : undefined;
  }

  #ask(webhook: ConversionWebhook, objects: readonly ApiObject[], apiVersion: string): readonly Conversion[] {
    const context = { caller: this.#caller, random: this.#calls.random };
    return this.#calls.facts(
      objects.map((object) => ({
        key: `${apiVersion} ${JSON.stringify(object)}`,
        ask: () => convert(context, webhook, object, apiVersion),
      })),
    );
  }
}

function readable(resource: ServedResource, answer: Conversion | undefined): ApiObject {
  return readWith(resource.schema, readableObject(answer));
}

function readableObject(answer: Conversion | undefined): ApiObject {
  if (answer?.ok === true) return answer.object;
  throw new StatusError({ code: 500, message: answer?.why ?? 'the object has no other version' });
}
