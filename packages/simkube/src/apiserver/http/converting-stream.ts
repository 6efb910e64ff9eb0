import type { Random } from '@canaryop/reconcile/env';

import { readWith } from '../definitions/version-conversion.ts';
import type { WatchOutput } from '../handlers/watch.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { StatusError } from '../status/status-error.ts';
import { convert, type ConversionWebhook } from '../webhooks/conversion/conversion-webhook.ts';
import type { WebhookCaller } from '../webhooks/webhook-caller.ts';
import type { ByteStream } from './byte-stream.ts';

/** Where converted events go. */
export interface ConvertingStreamOptions {
  readonly core: { readonly env: { readonly random: Random } };
  readonly webhooks: WebhookCaller;
  readonly resource: ServedResource;
  readonly webhook: ConversionWebhook;
  readonly stream: ByteStream;
  readonly send: (output: WatchOutput) => void;
}

/** Sends the events of a watch in their order, each when a webhook has converted its object. */
export class ConvertingStream {
  readonly #options: ConvertingStreamOptions;
  #sent: Promise<void> = Promise.resolve();

  constructor(options: ConvertingStreamOptions) {
    this.#options = options;
  }

  readonly emit = (output: WatchOutput): void => {
    const converted = this.#converted(output);
    this.#sent = this.#sent.then(async () => this.#send(await converted));
  };

  async #converted(output: WatchOutput): Promise<WatchOutput | StatusError> {
    if (output.type === 'BOOKMARK') return output;
    const { webhooks, core, resource, webhook } = this.#options;
    const wanted = apiVersionOfResource(resource);
    if (output.object.apiVersion === wanted) return output;
    const context = { caller: webhooks, random: core.env.random };
    const answer = await convert(context, webhook, output.object, wanted);
    if (!answer.ok) return new StatusError({ code: 500, reason: 'InternalError', message: answer.why });
    return { ...output, object: readWith(resource.schema, answer.object) };
  }

  /** What cannot be converted ends the watch, and says so. */
  #send(output: WatchOutput | StatusError): void {
    const { send, stream } = this.#options;
    if (!(output instanceof StatusError)) {
      send(output);
      return;
    }
    stream.write(`${JSON.stringify({ type: 'ERROR', object: output.status })}\n`);
    stream.end();
  }
}
