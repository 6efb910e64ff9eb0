import { textResponse, type HttpHandler } from '../http/http-handler.ts';
import type { MetricSample } from '../metric-sample.ts';
import { expositionContentType, formatExposition } from './exposition.ts';

/** Serves `collect` at `/metrics` in the text format, for a Prometheus of its own process to scrape. */
export function expositionHandler(collect: () => readonly MetricSample[]): HttpHandler {
  return (request) => {
    const [path] = request.target.split('?');
    if (path !== '/metrics') return textResponse(404, '404 page not found\n');
    return { status: 200, contentType: expositionContentType, body: formatExposition(collect()) };
  };
}
