/** Probes, and the small HTTP server that they and the metrics are served by. */
export { answerChecks, type Check, type CheckAnswer } from './checks.ts';
export {
  parseAddress,
  serveHttp,
  type Endpoint,
  type EndpointAnswer,
  type EndpointRequest,
  type HttpServer,
  type HttpServerOptions,
} from './http-server.ts';
export { probeEndpoint, type Checks } from './probe-endpoint.ts';
