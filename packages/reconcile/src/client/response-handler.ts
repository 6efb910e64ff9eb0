import type { TransportResponse } from '../env/transport.ts';
import { ResponseBody } from './response-body.ts';
import type { Dispatcher } from './undici.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Where the head of a response goes, or what prevented one. */
interface Answered {
  resolve(response: TransportResponse): void;
  reject(reason: unknown): void;
}

/** Takes one response from undici, until its end or until `signal` aborts it. */
export class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #answered: Answered;
  readonly #signal: AbortSignal | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #body: ResponseBody | undefined;

  constructor(answered: Answered, signal: AbortSignal | undefined) {
    this.#answered = answered;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort);
  }

  // Also called again, for a request that is sent once more on another connection.
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted === true) this.#abort();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // 1xx announces an answer and is none.
    if (status < 200) return;
    this.#body = new ResponseBody(controller);
    this.#answered.resolve({ status, headers: flatten(headers), body: this.#body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(error);
  }

  /** A request that still waits for a connection is ended here: undici drops it when its turn comes. */
  readonly #abort = (): void => {
    const reason = this.#signal?.reason as Error;
    this.#controller?.abort(reason);
    this.#end(reason);
  };

  #end(error?: Error): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    if (error !== undefined) this.#answered.reject(error);
    this.#body?.end(error);
  }
}

function flatten(headers: Headers): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
