import { parseTime } from '@canaryop/reconcile/env';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** Units from small to large; below `until` seconds a duration is written in `unit` and, where given, `rest`. */
const scales: readonly { until: number; unit: [number, string]; rest?: [number, string] }[] = [
  { until: 2 * minute, unit: [1, 's'] },
  { until: 10 * minute, unit: [minute, 'm'], rest: [1, 's'] },
  { until: 3 * hour, unit: [minute, 'm'] },
  { until: 8 * hour, unit: [hour, 'h'], rest: [minute, 'm'] },
  { until: 2 * day, unit: [hour, 'h'] },
  { until: 8 * day, unit: [day, 'd'], rest: [hour, 'h'] },
  { until: 2 * year, unit: [day, 'd'] },
  { until: 8 * year, unit: [year, 'y'], rest: [day, 'd'] },
  { until: Number.POSITIVE_INFINITY, unit: [year, 'y'] },
];

/** A duration as kubectl writes it (k8s.io/apimachinery duration.HumanDuration): `95s`, `5m3s`, `3h`, `2d4h`. */
export function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const scale = scales.find(({ until }) => seconds < until);
  if (scale === undefined) return '<unknown>';
  const [size, suffix] = scale.unit;
  const head = `${Math.floor(seconds / size)}${suffix}`;
  if (scale.rest === undefined) return head;
  const [restSize, restSuffix] = scale.rest;
  const rest = Math.floor((seconds % size) / restSize);
  return rest === 0 ? head : `${head}${rest}${restSuffix}`;
}

/** How long ago an RFC 3339 time was; `<unknown>` when there is none. */
export function ageText(timestamp: string | undefined, nowMs: number): string {
  const at = parseTime(timestamp);
  return at === undefined ? '<unknown>' : durationText(nowMs - at);
}
