import type { Env, Transport } from '@canaryop/reconcile/env';

import { handlerTransport } from './http/handler-transport.ts';
import { createHttpApi } from './http/http-api.ts';
import type { HttpHandler } from './http/http-handler.ts';
import { listenOnLoopback, type LoopbackListener } from './http/loopback-listener.ts';
import { PromqlEngine, type PromqlEngineOptions } from './promql/engine.ts';
import { Scraper, type ScraperOptions } from './scrape/scraper.ts';
import { TimeSeriesStore, type TimeSeriesStoreOptions } from './tsdb/time-series-store.ts';

/** Settings of the three parts. */
export interface EmbeddedPrometheusOptions {
  readonly store?: TimeSeriesStoreOptions;
  readonly scrape?: ScraperOptions;
  readonly query?: PromqlEngineOptions;
}

/** A Prometheus in this process: it scrapes, stores and answers as the real one does, on injected time. */
export class EmbeddedPrometheus {
  readonly store: TimeSeriesStore;
  readonly scraper: Scraper;
  readonly engine: PromqlEngine;
  /** The HTTP API as a function. */
  readonly handler: HttpHandler;

  constructor(env: Env, options: EmbeddedPrometheusOptions = {}) {
    this.store = new TimeSeriesStore(options.store);
    this.scraper = new Scraper(env, this.store, options.scrape);
    this.engine = new PromqlEngine(this.store, env.clock, options.query);
    this.handler = createHttpApi({ store: this.store, engine: this.engine, clock: env.clock });
  }

  /** The HTTP API without a socket, whatever host a request names. */
  transport(): Transport {
    return handlerTransport(this.handler);
  }

  /** The HTTP API on 127.0.0.1; port 0, the default, is a free one. The caller closes it. */
  listen(port = 0): Promise<LoopbackListener> {
    return listenOnLoopback(this.handler, port);
  }
}
