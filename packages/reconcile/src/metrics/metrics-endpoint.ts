import type { Endpoint } from '../health/http-server.ts';
import type { MetricsRegistry } from './registry.ts';
import type { ScrapeVerdict } from './scrape-authorizer.ts';

/** Serves `/metrics`. @param authorize absent: everybody may read. */
export function metricsEndpoint(
  registry: MetricsRegistry,
  authorize?: (authorization: string | undefined, path: string) => Promise<ScrapeVerdict>,
): Endpoint {
  return async ({ path, headers }) => {
    if (path !== '/metrics') return { status: 404, body: 'there is /metrics\n' };
    const { authorization } = headers;
    const verdict = await authorize?.(typeof authorization === 'string' ? authorization : undefined, path);
    if (verdict === 401) return { status: 401, body: 'a bearer token of this cluster is needed\n' };
    if (verdict === 403) return { status: 403, body: 'the user may not get the non-resource path /metrics\n' };
    return { status: 200, ...(await registry.render()) };
  };
}
