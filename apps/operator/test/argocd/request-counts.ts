import type { Lister } from '@canaryop/reconcile/cache';
import type { Deployment } from '@canaryop/reconcile/kinds';
import { keyOf, type ObjectKey } from '@canaryop/reconcile/object';
import type { EmbeddedPrometheus } from '@canaryop/simkube';

import { primaryName, secondaryName } from '../../src/api/v1/names.ts';
import type { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOf } from '../../src/traffic/istio/routes.ts';

type ScrapeTarget = Parameters<EmbeddedPrometheus['scraper']['add']>[0];
type MetricSample = Awaited<ReturnType<ScrapeTarget['collect']>>[number];

/** Requests to each application between two scrapes. */
const requestsPerScrape = 100;

/** What is released, as the cluster says. */
export interface Releases {
  readonly virtualServices: Lister<VirtualService>;
  readonly deployments: Lister<Deployment>;
}

/**
 * What a mesh would count: requests to every application that has routes, shared out by their weights. A subset whose
 * image ends in `-broken` answers 500. There is no data plane here, since it is Argo CD that is tested; but a verdict
 * still has its cause in images and weights.
 */
export class RequestCounts {
  readonly #releases: Releases;
  readonly #counts = new Map<string, { ok: number; failed: number }>();

  constructor(releases: Releases) {
    this.#releases = releases;
  }

  /** Counts the requests since the last call and returns all series. */
  collect(): readonly MetricSample[] {
    for (const route of this.#releases.virtualServices.list()) this.#serve(route);
    return [...this.#counts].flatMap(([name, { ok, failed }]) => [
      sample(name, '200', ok),
      sample(name, '500', failed),
    ]);
  }

  #serve(route: VirtualService): void {
    const { name, namespace = '' } = route.metadata;
    const counts = this.#counts.get(name) ?? { ok: 0, failed: 0 };
    this.#counts.set(name, counts);
    const toSecondary = ((weightOf(route) ?? 0) * requestsPerScrape) / 100;
    const shares = [
      { deployment: primaryName(name), requests: requestsPerScrape - toSecondary },
      { deployment: secondaryName(name), requests: toSecondary },
    ];
    for (const { deployment, requests } of shares) {
      counts[this.#isBroken({ ...keyOf(route), namespace, name: deployment }) ? 'failed' : 'ok'] += requests;
    }
  }

  #isBroken(key: ObjectKey): boolean {
    const containers = this.#releases.deployments.get(key)?.spec?.template.spec?.containers ?? [];
    return containers.some(({ image }) => image?.endsWith('-broken') === true);
  }
}

function sample(name: string, code: string, value: number): MetricSample {
  const labels = { destination_service_name: name, response_code: code };
  return { name: 'istio_requests_total', type: 'counter', labels, value };
}
