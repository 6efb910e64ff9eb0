/** Requests that an API server has answered, by what they asked for. */
export type RequestCounts = Readonly<Record<string, number>>;

const series = /^apiserver_request_total\{(?<labels>[^}]*)\} (?<count>\S+)$/gmu;

/**
 * Reads `apiserver_request_total` from a scrape: `POST configmaps`, `PATCH widgets/status`. Watches, which last, and
 * what an API server asks itself are left out, and so are the names of the other labels.
 */
export function requestCounts(metrics: string, resources: readonly string[]): RequestCounts {
  const counts: Record<string, number> = {};
  for (const { groups } of metrics.matchAll(series)) {
    const label = (name: string): string =>
      new RegExp(`\\b${name}="([^"]*)"`, 'u').exec(groups?.['labels'] ?? '')?.[1] ?? '';
    const resource = label('resource');
    if (label('verb') === 'WATCH' || !resources.includes(resource)) continue;
    const subresource = label('subresource');
    const key = `${label('verb')} ${subresource === '' ? resource : `${resource}/${subresource}`}`;
    counts[key] = (counts[key] ?? 0) + Number(groups?.['count']);
  }
  return counts;
}

/** What has come since. */
export function requestsSince(before: RequestCounts, after: RequestCounts): RequestCounts {
  return Object.fromEntries(
    Object.entries(after).flatMap(([key, count]) => {
      const more = count - (before[key] ?? 0);
      return more === 0 ? [] : [[key, more]];
    }),
  );
}

/** All of them, but those that somebody else is known to have made. */
export function total(counts: RequestCounts, others: RequestCounts = {}): number {
  return Object.entries(counts).reduce((sum, [key, count]) => sum + count - (others[key] ?? 0), 0);
}
