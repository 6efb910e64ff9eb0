import type { Certificate } from '../certificates/certificate.ts';
import { readCertificate, type CertificateFacts } from '../certificates/read-certificate.ts';
import type { Env } from '../env/env.ts';
import { formatTime } from '../env/time.ts';
import { sleep } from '../env/timers.ts';
import { serveHttp, type Endpoint, type HttpServer } from '../health/http-server.ts';
import type { CertificateSource } from './certificate-source.ts';

/** What serves webhooks. */
export interface WebhookServerOptions {
  readonly env: Env;
  /** `host:port` or `:port`. */
  readonly address: string;
  readonly endpoint: Endpoint;
  readonly certificates: CertificateSource;
  /** Told once of the port that is listened on. */
  readonly onListening: (port: number) => void;
  /** Told of the certificate that is shown, each time that it changes. */
  readonly onCertificate: (facts: CertificateFacts) => void;
}

/** Two objects of the largest size that an API server stores, and what is around them (controller-runtime's limit). */
const maxBodyBytes = 7 * 1024 * 1024;
const expiryCheckMs = 3_600_000;

/** Serves webhooks over TLS from the moment that there is a certificate, on every replica. */
export class WebhookServer {
  readonly name = 'webhooks';
  readonly needsLeaderElection = false;
  readonly #options: WebhookServerOptions;
  #server: Promise<HttpServer> | undefined;
  #isListening = false;
  #facts: CertificateFacts | undefined;

  constructor(options: WebhookServerOptions) {
    this.#options = options;
  }

  /** Why it cannot answer, for readiness. */
  get problem(): string | undefined {
    const { certificates, env } = this.#options;
    if (this.#facts === undefined) return certificates.problem ?? 'there is no certificate yet';
    if (this.#facts.notAfterMs <= env.clock.now())
      return `the certificate expired at ${formatTime(this.#facts.notAfterMs)}: ${certificates.problem ?? 'it was not renewed'}`;
    if (!this.#isListening) return `not listening on ${this.#options.address} yet`;
    return certificates.problem;
  }

  /** Runs until `signal` aborts. Rejects when the address cannot be listened on. */
  async start(signal: AbortSignal): Promise<void> {
    const { certificates } = this.#options;
    const failed = Promise.withResolvers<never>();
    const use = (certificate: Certificate): void => {
      this.#use(certificate).catch(failed.reject);
    };
    try {
      await Promise.race([failed.promise, Promise.all([certificates.run(use, signal), this.#watchExpiry(signal)])]);
    } finally {
      const server = await this.#server?.catch(() => undefined);
      await server?.close();
    }
  }

  async #use(certificate: Certificate): Promise<void> {
    const { env, onCertificate, onListening, address, endpoint } = this.#options;
    this.#facts = readCertificate(certificate.cert);
    if (this.#facts !== undefined) onCertificate(this.#facts);
    if (this.#server !== undefined) {
      (await this.#server).replaceCertificate(certificate);
      env.log.info('webhooks show a new certificate', this.#expiry());
      return;
    }
    const onError = (error: unknown): void => {
      env.log.warn('a request to a webhook failed', { error });
    };
    this.#server = serveHttp({ address, endpoint, tls: certificate, maxBodyBytes, onError });
    const { port } = await this.#server;
    this.#isListening = true;
    onListening(port);
    env.log.info('serving webhooks', { address, port, ...this.#expiry() });
  }

  /** Says each hour that a certificate is about to expire: it should have been renewed long before. */
  async #watchExpiry(signal: AbortSignal): Promise<void> {
    const { env, certificates } = this.#options;
    while (!signal.aborted) {
      await sleep(env.timers, expiryCheckMs, signal);
      if (signal.aborted || this.#facts === undefined) continue;
      const { notBeforeMs, notAfterMs } = this.#facts;
      const leftMs = notAfterMs - env.clock.now();
      if (leftMs < (notAfterMs - notBeforeMs) / 10)
        env.log.warn('the certificate of the webhooks is about to expire and was not renewed', {
          ...this.#expiry(),
          problem: certificates.problem,
        });
    }
  }

  #expiry(): { readonly expires?: string } {
    return this.#facts === undefined ? {} : { expires: formatTime(this.#facts.notAfterMs) };
  }
}
