/** Whether two host patterns (`a.example`, `*.example`, `*`) have hosts in common, and which: the narrower one. */
export function intersectHosts(left: string, right: string): string | undefined {
  if (isSubset(left, right)) return left;
  return isSubset(right, left) ? right : undefined;
}

/** Whether every host that `narrow` means is one that `wide` means. */
function isSubset(narrow: string, wide: string): boolean {
  if (narrow === wide || wide === '*') return true;
  return wide.startsWith('*') && narrow.endsWith(wide.slice(1));
}

/** The host of a Host or :authority header: lower case, without port. */
export function hostOfAuthority(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, '');
}

/**
 * The best of the patterns for a host, by Envoy's rule: the exact one, else the longest `*.suffix`, else `*`.
 * Undefined when none matches.
 */
export function bestHost(host: string, patterns: ReadonlyMap<string, unknown>): string | undefined {
  if (patterns.has(host)) return host;
  for (let at = host.indexOf('.', 1); at !== -1; at = host.indexOf('.', at + 1)) {
    const pattern = `*${host.slice(at)}`;
    if (patterns.has(pattern)) return pattern;
  }
  return patterns.has('*') ? '*' : undefined;
}

/** A name without dots means a Service of the namespace; any other name is taken as it is (Istio's rule). */
export function qualifiedHost(host: string, namespace: string): string {
  return host.includes('.') || host.startsWith('*') ? host : `${host}.${namespace}.svc.cluster.local`;
}
