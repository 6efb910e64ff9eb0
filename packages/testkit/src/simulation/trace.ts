import { createHash } from 'node:crypto';

/** One request as it left a process, and what became of it. */
export interface TracedRequest {
  readonly atMs: number;
  readonly process: string;
  /** Its number in plans; undefined for watches and leases, which have none. */
  readonly number: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  outcome: string;
}

/** Everything that operators asked of the API server in one run, and what their watches brought, in order. */
export class Trace {
  readonly requests: TracedRequest[] = [];
  readonly #hash = createHash('sha256');

  add(request: TracedRequest): void {
    this.requests.push(request);
    const { atMs, process, number, method, path, body } = request;
    this.#hash.update(`${atMs} ${process} ${number} ${method} ${path} ${body}\n`);
  }

  /** Notes the outcome of a request. */
  answer(request: TracedRequest, outcome: string): void {
    request.outcome = outcome;
    this.#hash.update(`${request.number} ${outcome}\n`);
  }

  /** Notes a line that a watch brought. */
  event(atMs: number, process: string, line: string): void {
    this.#hash.update(`${atMs} ${process} ${line}\n`);
  }

  /** Two runs with the same hash did the same, byte by byte and at the same times. */
  hash(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}

/** A request for people. `startMs` is when the run began. */
export function requestText(request: TracedRequest, startMs: number): string {
  const { atMs, process, number, method, path, outcome } = request;
  const second = ((atMs - startMs) / 1000).toFixed(3).padStart(9);
  return `${second} s  ${process}  ${number === undefined ? '  ' : `#${number}`}  ${method} ${path}  ${outcome}`;
}
