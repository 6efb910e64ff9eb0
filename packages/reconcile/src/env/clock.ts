/** Wall and monotonic time. Product code never reads the process clock itself, so a test or a simulation owns time. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. May jump: use it for timestamps, never for durations. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary origin. Use it for deadlines, back-off and lease fencing. */
  monotonic(): number;
}
