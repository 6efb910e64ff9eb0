/** Types of the files of prom-client that are loaded by themselves. */
declare module 'prom-client/lib/registry.js' {
  import { Registry } from 'prom-client';
  export default Registry;
}
declare module 'prom-client/lib/counter.js' {
  import { Counter } from 'prom-client';
  export default Counter;
}
declare module 'prom-client/lib/gauge.js' {
  import { Gauge } from 'prom-client';
  export default Gauge;
}
declare module 'prom-client/lib/histogram.js' {
  import { Histogram } from 'prom-client';
  export default Histogram;
}
declare module 'prom-client/lib/metrics/*.js' {
  import type { DefaultMetricsCollectorConfiguration, Registry } from 'prom-client';
  const collect: (
    registry: Registry,
    config: Pick<
      DefaultMetricsCollectorConfiguration<'text/plain; version=0.0.4; charset=utf-8'>,
      'eventLoopMonitoringPrecision'
    >,
  ) => void;
  export default collect;
}
