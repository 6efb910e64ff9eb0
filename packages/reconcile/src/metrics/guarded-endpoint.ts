import type { Endpoint } from '../health/http-server.ts';
import type { Authorize } from './request-authorizer.ts';

/**
 * An endpoint that is asked about these paths only. Other paths are answered before anybody asks who it was.
 * @param authorize absent: everybody may ask
 */
export function guardedEndpoint(endpoint: Endpoint, paths: readonly string[], authorize?: Authorize): Endpoint {
  return async (request) => {
    const { path, method, headers } = request;
    if (!paths.includes(path)) return { status: 404, body: `there is ${paths.join(', ')}\n` };
    if (authorize === undefined) return endpoint(request);
    const authorization = typeof headers.authorization === 'string' ? headers.authorization : undefined;
    const verb = method === 'POST' ? 'post' : 'get';
    const verdict = await authorize({ authorization, verb, path });
    if (verdict === 401) return { status: 401, body: 'a bearer token of this cluster is needed\n' };
    if (verdict === 403) return { status: 403, body: `the user may not ${verb} the non-resource path ${path}\n` };
    return endpoint(request);
  };
}
