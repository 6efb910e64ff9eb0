const kubeAware = /^v(?<major>[1-9]\d*)(?:(?<stage>alpha|beta)(?<minor>[1-9]\d*))?$/u;

/** The major version, how stable it is, and its number among those; undefined for what is no version of that form. */
function parsed(version: string): readonly [stability: number, major: number, minor: number] | undefined {
  const { major, stage, minor = '0' } = kubeAware.exec(version)?.groups ?? {};
  if (major === undefined) return undefined;
  const stability = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return [stability, Number(major), Number(minor)];
}

/**
 * Sorts versions as Kubernetes prefers them: v10 and v2 before v1, then betas, then alphas, then all else by the alphabet.
 */
export function byPriority(left: string, right: string): number {
  const [a, b] = [parsed(left), parsed(right)];
  if (a === undefined || b === undefined) {
    if (a !== undefined || b !== undefined) return a === undefined ? 1 : -1;
    return left === right ? 0 : left < right ? -1 : 1;
  }
  for (const [at, mine] of a.entries()) {
    const theirs = b[at] ?? 0;
    if (mine !== theirs) return theirs - mine;
  }
  return 0;
}
