import { createCache, type Cache } from '../cache/informer-cache.ts';
import type { Informer } from '../cache/cache.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { hasOwnKey } from '../certificates/read-certificate.ts';
import { defaultLifetimes, nextRotationStep, type CertificateLifetimes } from '../certificates/rotation.ts';
import { isAlreadyExists } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import type { ClusterConnection } from '../client/cluster-connection.ts';
import { createClient } from '../client/http-client.ts';
import type { WriteObserver } from '../client/observed-write.ts';
import { Controller, type ControllerMetrics } from '../controller/controller.ts';
import type { Result } from '../controller/reconciler.ts';
import type { Env } from '../env/env.ts';
import { Secret } from '../kinds/core-v1.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyText } from '../object/object-key.ts';
import { channelSource, informerSource } from '../watch/source.ts';
import type { CertificateSource } from './certificate-source.ts';
import {
  caBundleOf,
  carryOutRotation,
  issuedCertificates,
  rotationView,
  secretData,
  trustsNewest,
  type IssuedCertificates,
} from './issued-certificates.ts';
import type { TrustTarget } from './trust-targets.ts';

/** What keeps certificates. */
export interface WebhookCertificatesOptions {
  readonly env: Env;
  readonly connection: ClusterConnection;
  /** Owner of what is written, and part of the authority's name. */
  readonly fieldManager: string;
  /** Holds authority and certificate, with their keys. */
  readonly secret: { readonly namespace: string; readonly name: string };
  /** Under which names and addresses the server is reached. */
  readonly hosts: readonly string[];
  /** Who is told whom to trust. */
  readonly targets: readonly TrustTarget[];
  readonly lifetimes?: CertificateLifetimes;
  readonly metrics?: ControllerMetrics;
}

/** What is watched wakes it; this is for clocks that jump. */
const recheckMs = 6 * 3_600_000;
const noEvents = { event: () => undefined };

type Use = (certificate: Certificate) => void;

/**
 * Makes the certificate of a webhook server, renews it, and tells API servers whom to trust. It keeps both in a Secret,
 * which every replica watches: each shows what is there, and each may be the one that writes, on condition that nobody
 * has in between. It works before caches are filled, because a list of a kind with conversions needs the server.
 */
export function webhookCertificates(options: WebhookCertificatesOptions): CertificateSource {
  return new CertificateKeeper(options);
}

class CertificateKeeper implements CertificateSource {
  readonly #options: WebhookCertificatesOptions;
  readonly #cache: Cache;
  readonly #client: Client;
  readonly #secrets: Informer<Secret>;
  readonly #targets: readonly { readonly target: TrustTarget; readonly informer: Informer<KubernetesObject> }[];
  #shown: string | undefined;

  constructor(options: WebhookCertificatesOptions) {
    const { env, connection, fieldManager, secret, targets } = options;
    this.#options = options;
    this.#cache = createCache({ env, connection, fieldManager });
    const observe: WriteObserver = (made) => {
      this.#cache.observe(made);
    };
    this.#client = createClient({ env, connection, fieldManager, observe });
    const { namespace } = secret;
    this.#secrets = this.#cache.informer(Secret, { namespace, fieldSelector: `metadata.name=${secret.name}` });
    this.#targets = targets.map((target) => ({
      target,
      informer: this.#cache.informer(target.kind, { fieldSelector: `metadata.name=${target.name}` }),
    }));
  }

  get problem(): string | undefined {
    const problems = this.#informers.flatMap(({ kind, problem }) =>
      problem === undefined ? [] : [`${kind.plural}: ${problem.message}`],
    );
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  async run(use: Use, signal: AbortSignal): Promise<void> {
    const { env, metrics, secret } = this.#options;
    const first = channelSource('start');
    const keeper = new Controller({
      name: 'webhook-certificates',
      env,
      sources: [...this.#informers.map((informer) => informerSource(informer, () => [secret])), first],
      services: { client: this.#client, events: noEvents, lister: (kind) => this.#cache.informer(kind).lister },
      reconcile: (_key, context) => this.#reconcile(use, context.signal),
      ...(metrics === undefined ? {} : { metrics }),
    });
    const running = Promise.all([this.#cache.start(signal), keeper.start(signal)]);
    // There may be nothing yet that a watch would tell of.
    first.send(secret);
    await running;
  }

  get #informers(): readonly Informer<KubernetesObject>[] {
    return [this.#secrets, ...this.#targets.map(({ informer }) => informer)];
  }

  async #reconcile(use: Use, signal: AbortSignal): Promise<Result> {
    const { env, fieldManager, secret, hosts, lifetimes = defaultLifetimes } = this.#options;
    const live = this.#secrets.lister.get(secret);
    const issued = issuedCertificates(live);
    const isNewestTrusted = issued !== undefined && (await this.#tell(issued, signal));
    if (issued !== undefined) this.#show(issued, use);
    const nowMs = env.clock.now();
    const view = issued && rotationView(issued, { hosts, isNewestTrusted, settleMs: lifetimes.settleMs });
    const step = nextRotationStep(view, nowMs);
    if (step.type === 'wait') return { requeueAfterMs: Math.min(Math.max(step.untilMs - nowMs, 1), recheckMs) };
    const next = await carryOutRotation(step, issued, { name: fieldManager, hosts, lifetimes, nowMs });
    env.log.info('webhook certificates change', { step: step.type, secret: keyText(secret) });
    await this.#write(live, next, signal);
    return { requeueAfterMs: 1 };
  }

  /** Whether every target that is installed knew the newest authority already. */
  async #tell(issued: IssuedCertificates, signal: AbortSignal): Promise<boolean> {
    let isKnown = true;
    const wanted = caBundleOf(issued);
    for (const { target, informer } of this.#targets) {
      const live = informer.lister.get({ name: target.name });
      const bundles = live === undefined ? [] : target.bundlesOf(live);
      isKnown &&= bundles.every((bundle) => trustsNewest(issued, bundle));
      if (live !== undefined && bundles.some((bundle) => bundle !== wanted))
        await this.#client.patch(target.kind, live, target.patchOf(live, wanted), signal);
    }
    return isKnown;
  }

  #show({ serving }: IssuedCertificates, use: Use): void {
    if (serving.cert === this.#shown || !hasOwnKey(serving)) return;
    this.#shown = serving.cert;
    use(serving);
  }

  async #write(live: Secret | undefined, next: IssuedCertificates, signal: AbortSignal): Promise<void> {
    const data = secretData(next);
    if (live !== undefined) {
      await this.#client.patch(Secret, live, { data }, signal);
      return;
    }
    const metadata = this.#options.secret;
    const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data };
    try {
      await this.#client.create(Secret, secret, signal);
    } catch (error) {
      // Another replica was first: its Secret comes by the watch.
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
