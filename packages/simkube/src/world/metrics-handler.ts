import { textResponse, type HttpHandler } from '../kubelet/http-exchange.ts';
import { expositionContentType, formatExposition } from '../mesh/exposition.ts';
import type { MetricSample } from '../prometheus/metric-sample.ts';

/** Serves `collect` on `/metrics` in Prometheus's text format. */
export function metricsHandler(collect: () => readonly MetricSample[]): HttpHandler {
  return (request) => {
    if (request.path.split('?', 1)[0] !== '/metrics') return Promise.resolve(textResponse(404, 'see /metrics\n'));
    const headers = { 'content-type': expositionContentType };
    return Promise.resolve({ status: 200, headers, body: formatExposition(collect()) });
  };
}
