import type { Client } from '../client/client.ts';
import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import { serveHttp, type HttpServer } from '../health/http-server.ts';
import { probeEndpoint, type Checks } from '../health/probe-endpoint.ts';
import { metricsEndpoint } from '../metrics/metrics-endpoint.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import { scrapeAuthorizer } from '../metrics/scrape-authorizer.ts';
import { selfSignedCertificate } from '../metrics/self-signed-certificate.ts';
import type { MetricsOptions } from './manager-options.ts';

const certificateReloadMs = 60_000;

/** Ports that a manager really listens on, which matters where it was told to take a free one. */
export interface Ports {
  probes?: number;
  metrics?: number;
}

/** The servers of a manager. Both begin before anything else and end last. */
export class Endpoints {
  readonly ports: Ports = {};
  readonly #servers: HttpServer[] = [];
  readonly #reloads: Promise<void>[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  async serveProbes(address: string, checks: Checks): Promise<void> {
    const server = await serveHttp({ address, endpoint: probeEndpoint(checks), onError: this.#report });
    this.#servers.push(server);
    this.ports.probes = server.port;
    this.#env.log.info('serving probes', { address, port: server.port });
  }

  /**
   * Serves metrics, and reads a certificate from files again every minute until `signal` aborts.
   * @param client asks about tokens; not fenced, because a standby is scraped too.
   */
  async serveMetrics(
    { address, secure }: MetricsOptions,
    registry: MetricsRegistry,
    client: Pick<Client, 'create'>,
    signal: AbortSignal,
  ): Promise<void> {
    const env = this.#env;
    const authorize = secure && scrapeAuthorizer({ env, client });
    const load = secure?.certificate ?? (() => selfSignedCertificate(['localhost'], env.clock.now()));
    const tls = secure && (await load());
    const server = await serveHttp({
      address,
      endpoint: metricsEndpoint(registry, authorize),
      onError: this.#report,
      ...(tls === undefined ? {} : { tls }),
    });
    this.#servers.push(server);
    this.ports.metrics = server.port;
    env.log.info('serving metrics', { address, port: server.port, isSecure: secure !== undefined });
    if (secure?.certificate !== undefined)
      this.#reloads.push(this.#keepCertificate(server, secure.certificate, signal));
  }

  /** Ends the servers. The signal given to `serveMetrics` must have aborted. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.map((server) => server.close()), ...this.#reloads]);
  }

  /** Never rejects: the last good certificate stays. */
  async #keepCertificate(
    server: HttpServer,
    load: () => Promise<{ readonly cert: string; readonly key: string }>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      await sleep(this.#env.timers, certificateReloadMs, signal);
      if (signal.aborted) return;
      try {
        server.replaceCertificate(await load());
      } catch (error) {
        this.#env.log.warn('the certificate of the metrics could not be read again', { error });
      }
    }
  }

  readonly #report = (error: unknown): void => {
    this.#env.log.warn('a request for probes or metrics failed', { error });
  };
}
