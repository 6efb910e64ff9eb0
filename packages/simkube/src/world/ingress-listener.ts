import type { HttpHandler } from '../kubelet/http-exchange.ts';
import type { IngressRequest } from '../mesh/ingress.ts';
import { listenHttp, type HttpListener, type HttpListenOptions } from './node-http.ts';

/** Opens the ingress to real clients, for instance `curl localhost:8090/hello`. */
export function listenIngress(
  ingress: { fetch(request: IngressRequest): ReturnType<HttpHandler> },
  options: HttpListenOptions,
): Promise<HttpListener> {
  return listenHttp(
    ({ method, path, headers, body }) =>
      ingress.fetch({
        method,
        path,
        host: headers['host'] ?? '',
        headers,
        ...(body === undefined ? {} : { body }),
      }),
    options,
  );
}
