import { answerChecks, type Check } from './checks.ts';
import type { Endpoint } from './http-server.ts';

/** The named checks of a process: whether to restart it, and whether it can do its work. */
export interface Checks {
  readonly healthz: ReadonlyMap<string, Check>;
  readonly readyz: ReadonlyMap<string, Check>;
}

/** Serves `/healthz` and `/readyz`, and each check by its name below them. */
export function probeEndpoint(checks: Checks): Endpoint {
  return ({ path, query }) => {
    const [, endpoint = '', name, ...rest] = path.split('/');
    const asked = endpoint === 'healthz' || endpoint === 'readyz' ? checks[endpoint] : undefined;
    const answer =
      asked === undefined || rest.length > 0
        ? undefined
        : answerChecks(endpoint, asked, {
            ...(name === undefined || name === '' ? {} : { name: decodeSegment(name) }),
            isVerbose: query.has('verbose'),
            excluded: query.getAll('exclude'),
          });
    return Promise.resolve(answer ?? { status: 404, body: 'there are /healthz and /readyz\n' });
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
