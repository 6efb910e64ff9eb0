import { seededRandom } from '@canaryop/reconcile/testing';

import type { WrittenSeries } from './remote-write.ts';

/** First sample of the data set; samples follow for ten minutes. */
export const dataStartMs = 1_767_225_600_000;
const seconds = 600;

type Points = WrittenSeries['points'];

/** One value a second, or none where `valueAt` says undefined. A gap may be an end with a staleness marker. */
function everySecond(valueAt: (second: number) => number | 'stale' | undefined, offsetMs = 0): Points {
  const points: { timeMs: number; value: number; stale: boolean }[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    const value = valueAt(second);
    const timeMs = dataStartMs + second * 1000 + offsetMs;
    if (value !== undefined) points.push({ timeMs, value: value === 'stale' ? 0 : value, stale: value === 'stale' });
  }
  return points;
}

/**
 * What both Prometheis get: counters with resets, late starts, ends with and without a marker and irregular distances;
 * gauges with NaN and infinities; histograms, one without `+Inf`, one that falls, one with bounds written twice.
 */
export function sampleData(): WrittenSeries[] {
  return [...counters(), ...gauges(), ...histograms()];
}

function counters(): WrittenSeries[] {
  const random = seededRandom(7);
  const series: WrittenSeries[] = [];
  for (const [index, version] of ['primary', 'secondary'].entries()) {
    for (const code of ['200', '404', '500', '503']) {
      let total = 0;
      const points = everySecond((second) => {
        if (version === 'secondary' && (second < 120 || second > 480)) return second === 481 ? 'stale' : undefined;
        if (code === '404' && second > 400) return undefined;
        if (code === '503' && second === 300) total = 0;
        total += Math.floor(random.next() * (code === '200' ? 20 : 3)) * (code === '500' && second % 90 < 60 ? 0 : 1);
        return total;
      }, index * 137);
      const labels = {
        __name__: 'istio_requests_total',
        destination_service_name: 'canaryapp-sample',
        destination_version: version,
        response_code: code,
      };
      series.push({ labels, points });
    }
  }
  let slow = 3;
  const irregular = everySecond((second) => (random.next() < 0.15 || second % 30 === 0 ? (slow += 2) : undefined));
  series.push({ labels: { __name__: 'irregular_total', pod: 'a' }, points: irregular });
  series.push({
    labels: { __name__: 'single_total', pod: 'a' },
    points: [{ timeMs: dataStartMs + 200_000, value: 5 }],
  });
  return series;
}

function gauges(): WrittenSeries[] {
  const random = seededRandom(11);
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-9, 1e300, -1];
  const series: WrittenSeries[] = [];
  for (const pod of ['a', 'b', 'c', 'd']) {
    for (const zone of ['east', 'west']) {
      const points = everySecond((second) => {
        if (pod === 'd' && second % 100 >= 50) return second % 100 === 50 ? 'stale' : undefined;
        return second % 5 === 0 ? Math.round((random.next() * 200 - 100) * 100) / 100 : undefined;
      });
      series.push({ labels: { __name__: 'memory_bytes', pod, zone }, points });
    }
    series.push({
      labels: { __name__: 'limit_bytes', pod, team: pod < 'c' ? 'red' : 'blue' },
      points: everySecond((second) => (second % 10 === 0 ? 50 : undefined)),
    });
  }
  for (const [index, value] of special.entries()) {
    const labels = { __name__: 'special', index: String(index) };
    series.push({ labels, points: everySecond((second) => (second % 15 === 0 ? value : undefined)) });
  }
  const mixed = everySecond((second) => (second % 15 === 0 ? special[(second / 15) % special.length] : undefined));
  series.push({ labels: { __name__: 'mixed' }, points: mixed });
  return series;
}

function histograms(): WrittenSeries[] {
  const random = seededRandom(13);
  const shapes: readonly (readonly [service: string, bounds: readonly string[]])[] = [
    ['normal', ['0.5', '1', '5', '10', '50', '+Inf']],
    ['no-infinity', ['0.5', '1', '5']],
    ['negative', ['-5', '-1', '0', '2', '+Inf']],
    ['twice', ['1', '1.0', '2', '+Inf']],
    ['bad', ['1', 'large', '+Inf']],
    ['torn', ['1', '2', '+Inf']],
    ['only', ['+Inf']],
  ];
  return shapes.flatMap(([service, bounds]) => {
    // A lowest bucket above the others, as a scrape halfway through an update can see it.
    const totals = bounds.map((_bound, index): number => (service === 'torn' && index === 0 ? 40 : 0));
    const rows: number[][] = [];
    for (let second = 0; second <= seconds; second += 1) {
      const hit = Math.floor(random.next() * bounds.length);
      // A request in one bucket counts in all above it, but for a service whose buckets are torn now and then.
      for (const index of totals.keys())
        if (index >= hit || (service === 'negative' && second % 97 === 0)) totals[index] = (totals[index] ?? 0) + 1;
      rows.push([...totals]);
    }
    return bounds.map((le, index) => ({
      labels: { __name__: 'request_duration_bucket', service, le },
      points: everySecond((second) => rows[second]?.[index]),
    }));
  });
}
