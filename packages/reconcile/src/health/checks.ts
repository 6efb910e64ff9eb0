/** Tells what is wrong, in a few words; undefined while all is well. Must be quick and must not throw. */
export type Check = () => string | undefined;

/** What an HTTP endpoint answers. */
export interface CheckAnswer {
  readonly status: 200 | 500;
  readonly body: string;
}

/**
 * Answers `/healthz`, `/readyz` and `/readyz/<name>` as Kubernetes' own components do: 200 and `ok`, or 500 and one line
 * a check. `?verbose` gives the lines also when all is well, `?exclude=<name>` leaves checks out.
 * @param endpoint `healthz` or `readyz`. Undefined: there is no such check.
 */
export function answerChecks(
  endpoint: string,
  checks: ReadonlyMap<string, Check>,
  request: { readonly name?: string; readonly isVerbose: boolean; readonly excluded: readonly string[] },
): CheckAnswer | undefined {
  const { name, isVerbose, excluded } = request;
  if (name !== undefined && !checks.has(name)) return undefined;
  const asked = [...checks].filter(([key]) => (name === undefined ? !excluded.includes(key) : key === name));
  const results = asked.map(([key, check]) => ({ key, problem: problemOf(check) }));
  const isGood = results.every(({ problem }) => problem === undefined);
  if (isGood && !isVerbose) return { status: 200, body: 'ok' };
  const lines = results.map(({ key, problem }) =>
    problem === undefined ? `[+]${key} ok` : `[-]${key} failed: ${problem}`,
  );
  const left = excluded.filter((key) => checks.has(key)).map((key) => `[+]${key} excluded: ok`);
  const verdict = `${endpoint} check ${isGood ? 'passed' : 'failed'}`;
  return { status: isGood ? 200 : 500, body: [...lines, ...left, verdict, ''].join('\n') };
}

function problemOf(check: Check): string | undefined {
  try {
    return check();
  } catch (error) {
    return `the check threw: ${String(error)}`;
  }
}
