import { isIP } from 'node:net';

import { isRefusedAddress, judgeUrl, placeOf, type AddressPolicy } from './address-policy.ts';
import type { Answer, Question } from './question.ts';

/** Where Istio's own Prometheus is, and who is asked if neither an application nor a flag names another. */
export const defaultMetricsServer = 'http://prometheus.istio-system.svc:9090';

/** Looks names up; rejects when there is no such name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** A URL, and the address that a request for it connects to. */
export interface Endpoint {
  readonly url: string;
  readonly address: { readonly host: string; readonly port: number };
}

/** What stands in for an endpoint that there is not. */
export type NoEndpoint = Extract<Answer, { kind: 'error' | 'forbidden' }>;

/**
 * Finds where questions go, wherever the policy lets them. A name is looked up once, judged, and then connected to: one
 * that changes its answer gains nothing. The metrics server is the operator's own word and is not judged.
 */
export class Endpoints {
  readonly #policy: AddressPolicy;
  readonly #resolve: Resolve;
  readonly #metricsServer: string;

  constructor(policy: AddressPolicy, resolve: Resolve, metricsServer: string) {
    this.#policy = policy;
    this.#resolve = resolve;
    this.#metricsServer = metricsServer;
  }

  /** Never rejects. */
  async find({ url, field }: Pick<Question, 'url' | 'field'>): Promise<Endpoint | NoEndpoint> {
    if (url === undefined) return this.#ownServer();
    if (url === '') return { kind: 'error', errorClass: `${field} is empty` };
    const verdict = judgeUrl(url, this.#policy, field);
    if (verdict.kind === 'mapped') return { url, address: verdict.address };
    if (verdict.kind === 'forbidden') return { kind: 'forbidden', explanation: verdict.explanation };
    if (verdict.kind === 'invalid') return { kind: 'error', errorClass: verdict.explanation };
    const addresses = await this.#lookUp(verdict.host);
    const [first] = addresses;
    if (first === undefined) return { kind: 'error', errorClass: `${verdict.host} is not a known name` };
    if (addresses.some((address) => isRefusedAddress(address, this.#policy))) {
      const explanation = `${field} names ${verdict.host}, which leads to an address that the operator must not ask`;
      return { kind: 'forbidden', explanation };
    }
    return { url, address: { host: first, port: verdict.port } };
  }

  async #ownServer(): Promise<Endpoint | NoEndpoint> {
    const text = this.#metricsServer;
    const url = URL.parse(text);
    if (url === null)
      return { kind: 'error', errorClass: 'there is no --metrics-server, and prometheusURL is not set' };
    const { host, port } = placeOf(url);
    const mapped = this.#policy.resolve.get(`${host}:${port}`);
    if (mapped !== undefined) return { url: text, address: mapped };
    const bare = host.replace(/^\[|\]$/g, '');
    const [first] = isIP(bare) === 0 ? await this.#lookUp(bare) : [bare];
    if (first === undefined) return { kind: 'error', errorClass: 'the name of --metrics-server is not known' };
    return { url: text, address: { host: first, port } };
  }

  #lookUp(host: string): Promise<readonly string[]> {
    return this.#resolve(host).catch((): readonly string[] => []);
  }
}
