/** A Kubernetes API server and a small cluster world, in process. */
export { createApiServer, type ApiServer, type ApiServerOptions } from './apiserver/api-server.ts';
export type { Loopback, LoopbackEvent } from './apiserver/loopback.ts';
export { StatusError, type Status } from './apiserver/status/status-error.ts';
