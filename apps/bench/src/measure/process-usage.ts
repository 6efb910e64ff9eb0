import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What this process has used since the meter was reset. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentMiB: number;
  /** How late the event loop was, in milliseconds, sampled every 5 ms. */
  readonly stallP99Ms: number;
  readonly stallMaxMs: number;
}

/** Measures this process. */
export interface UsageMeter {
  reset(): void;
  read(): ProcessUsage;
}

const resolutionMs = 5;
const nanosPerMilli = 1e6;
const microsPerSecond = 1e6;
const bytesPerMiB = 1_048_576;

/** Starts to measure this process. */
export function usageMeter(): UsageMeter {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let before = process.cpuUsage();
  // The histogram holds whole intervals between samples, of which the resolution is no delay.
  const late = (nanos: number): number => Math.max(nanos / nanosPerMilli - resolutionMs, 0);
  return {
    reset: () => {
      delay.reset();
      before = process.cpuUsage();
    },
    read: () => {
      const { user, system } = process.cpuUsage(before);
      return {
        cpuSeconds: (user + system) / microsPerSecond,
        residentMiB: process.memoryUsage.rss() / bytesPerMiB,
        stallP99Ms: late(delay.percentile(99)),
        stallMaxMs: late(delay.max),
      };
    },
  };
}
