/** An embedded Prometheus, and a runner for the real one. Start reading at embedded-prometheus.ts. */
export { EmbeddedPrometheus, type EmbeddedPrometheusOptions } from './embedded-prometheus.ts';
export type { HttpHandler, HttpRequest, HttpResponse } from './http/http-handler.ts';
export { handlerTransport } from './http/handler-transport.ts';
export { listenOnLoopback, type LoopbackListener } from './http/loopback-listener.ts';
export { Labels } from './labels.ts';
export type { MetricSample } from './metric-sample.ts';
export { PromqlEngine, type QueryData, type QueryResult } from './promql/engine.ts';
export { findPrometheus, startRealPrometheus, type RealPrometheus } from './real/real-prometheus.ts';
export { expositionHandler } from './scrape/exposition-handler.ts';
export { httpTarget } from './scrape/http-target.ts';
export type { ScrapeTarget } from './scrape/scrape-target.ts';
export { Scraper } from './scrape/scraper.ts';
export { TimeSeriesStore } from './tsdb/time-series-store.ts';
