/**
 * Kubernetes' two timestamp formats. `Time` has whole seconds, `MicroTime` exactly six decimals; an API server
 * refuses a Lease or Event whose MicroTime is written with three (kubernetes-client/javascript#828).
 */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** RFC 3339 with exactly six decimals, as `metav1.MicroTime` requires. */
export function formatMicroTime(epochMs: number): string {
  const micros = Math.round((epochMs - Math.floor(epochMs)) * 1000);
  const text = new Date(Math.floor(epochMs)).toISOString();
  return text.replace('Z', `${String(Math.min(micros, 999)).padStart(3, '0')}Z`);
}

/** Milliseconds since the epoch of an RFC 3339 timestamp of either format; undefined when it is not one. */
export function parseTime(text: string | undefined | null): number | undefined {
  if (text === undefined || text === null) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A Date, for the APIs of others that take nothing else. Our own code keeps milliseconds. */
export function dateOf(epochMs: number): Date {
  return new Date(epochMs);
}
