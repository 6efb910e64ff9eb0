/** One thing for each workload. */
export interface Pair<T> {
  readonly primary: T;
  readonly secondary: T;
}

/** A destination of routes, and its part of the requests. */
export interface Share {
  /** Undefined: it is none of those that are looked for. */
  readonly name: string | undefined;
  readonly weight: number;
}

/**
 * Secondary's share, 0..100, as routes say it; undefined when they are not the two that we write, so that nothing is
 * concluded from what we do not understand.
 */
export function shareAmong(routes: readonly Share[], names: Pair<string>): number | undefined {
  if (routes.length !== 2) return undefined;
  const weightTo = (wanted: string): number | undefined => routes.find(({ name }) => name === wanted)?.weight;
  const primary = weightTo(names.primary);
  const secondary = weightTo(names.secondary);
  if (primary === undefined || secondary === undefined || primary + secondary !== 100) return undefined;
  return secondary >= 0 && secondary <= 100 ? secondary : undefined;
}
