import type { Client } from '../client/client.ts';
import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import { serveHttp, type Endpoint, type HttpServer } from '../health/http-server.ts';
import { probeEndpoint, type Checks } from '../health/probe-endpoint.ts';
import { guardedEndpoint } from '../metrics/guarded-endpoint.ts';
import { metricsEndpoint, metricsPath } from '../metrics/metrics-endpoint.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import { requestAuthorizer } from '../metrics/request-authorizer.ts';
import { selfSignedCertificate } from '../certificates/self-signed-certificate.ts';
import { present } from '../object/present.ts';
import type { MetricsOptions, SecureOptions } from './manager-options.ts';

const certificateReloadMs = 60_000;

/** Ports that a manager really listens on, which matters where it was told to take a free one. */
export interface Ports {
  probes?: number;
  metrics?: number;
  /** Of what was added, by its name. */
  [server: string]: number | undefined;
}

/** Something that a manager serves beside probes and metrics. */
export interface ServerDefinition {
  /** For logs and `ports`. */
  readonly name: string;
  /** `host:port` or `:port`. */
  readonly address: string;
  /** What is served; nobody is asked about other paths. */
  readonly paths: readonly string[];
  /** Absent: without TLS, and to everybody. */
  readonly secure?: SecureOptions;
  /** Present: POST is served as well, with a body of at most so many bytes. */
  readonly maxBodyBytes?: number;
  /** @param client not fenced: a standby is asked too, so that what it writes must be right whoever leads. */
  endpoint(client: Client): Endpoint;
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

  /** Serves metrics: see `serve`. */
  async serveMetrics(
    options: MetricsOptions,
    registry: MetricsRegistry,
    client: Client,
    signal: AbortSignal,
  ): Promise<void> {
    const endpoint = (): Endpoint => metricsEndpoint(registry);
    await this.serve({ ...options, name: 'metrics', paths: [metricsPath], endpoint }, client, signal);
  }

  /**
   * Serves something, and reads a certificate from files again every minute until `signal` aborts.
   * @param client asks about tokens; not fenced, because a standby is asked too.
   */
  async serve(definition: ServerDefinition, client: Client, signal: AbortSignal): Promise<void> {
    const env = this.#env;
    const { name, address, paths, secure, maxBodyBytes } = definition;
    const authorize = secure && requestAuthorizer({ env, client });
    const load = secure?.certificate ?? (() => selfSignedCertificate(['localhost'], env.clock.now()));
    const tls = secure && (await load());
    const server = await serveHttp({
      address,
      endpoint: guardedEndpoint(definition.endpoint(client), paths, authorize),
      onError: this.#report,
      ...present({ tls, maxBodyBytes }),
    });
    this.#servers.push(server);
    this.ports[name] = server.port;
    env.log.info(`serving ${name}`, { address, port: server.port, isSecure: secure !== undefined });
    if (secure?.certificate !== undefined)
      this.#reloads.push(this.#keepCertificate(server, name, secure.certificate, signal));
  }

  /** Ends the servers. The signals given to `serve` must have aborted. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.map((server) => server.close()), ...this.#reloads]);
  }

  /** Never rejects: the last good certificate stays. */
  async #keepCertificate(
    server: HttpServer,
    name: string,
    load: () => Promise<{ readonly cert: string; readonly key: string }>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      await sleep(this.#env.timers, certificateReloadMs, signal);
      if (signal.aborted) return;
      try {
        server.replaceCertificate(await load());
      } catch (error) {
        this.#env.log.warn(`the certificate of the ${name} could not be read again`, { error });
      }
    }
  }

  readonly #report = (error: unknown): void => {
    this.#env.log.warn('a request to one of our servers failed', { error });
  };
}
