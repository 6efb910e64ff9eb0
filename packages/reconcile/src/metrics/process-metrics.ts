import { Counter, processCollectors, type Registry } from './prom-client.ts';

/**
 * Each look at the event loop wakes the process: prom-client's own 10 ms cost a process at rest 0.25 s of CPU a minute.
 * What blocks the loop for longer than this is seen.
 */
const eventLoopLookMs = 200;

/** Adds what prom-client's `collectDefaultMetrics` would add to a registry, under the same names. */
export function collectProcessMetrics(registry: Registry): void {
  for (const collect of processCollectors) collect(registry, { eventLoopMonitoringPrecision: eventLoopLookMs });
  collectCpuTime(registry);
}

/** prom-client's own collector of CPU time loads OpenTelemetry, 8 MB, for exemplars that nothing here has. */
function collectCpuTime(registry: Registry): void {
  const counter = (name: string, help: string, read: () => number): void => {
    const seconds = new Counter({
      name,
      help,
      registers: [registry],
      collect: () => {
        seconds.reset();
        seconds.inc(read() / 1e6);
      },
    });
  };
  counter('process_cpu_user_seconds_total', 'Seconds of CPU that the process has used in its own code.', () => {
    return process.cpuUsage().user;
  });
  counter('process_cpu_system_seconds_total', 'Seconds of CPU that the system has used for the process.', () => {
    return process.cpuUsage().system;
  });
  counter('process_cpu_seconds_total', 'Seconds of CPU that the process has used.', () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  });
}
