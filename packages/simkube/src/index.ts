/** A Kubernetes API server and a small cluster world, in process. Add to this list; other folders' lines stay. */
export { createApiServer, servedVersion, type ApiServer, type ApiServerOptions } from './apiserver/api-server.ts';
export { adminUser, anonymousUser, serviceAccountUser, type UserInfo } from './apiserver/authn/user-info.ts';
export type { RequestRecord } from './apiserver/http/request-handler.ts';
export type { Loopback, LoopbackEvent } from './apiserver/loopback.ts';
export type { WebhookOptions, WebhookService } from './apiserver/webhooks/webhook-place.ts';
export { startApiServer, type ListeningApiServer, type ListenOptions } from './apiserver/start-api-server.ts';
export { StatusError, type Status } from './apiserver/status/status-error.ts';
export type { HttpHandler, HttpRequest, HttpResponse } from './kubelet/http-exchange.ts';
export type { PodLogOptions, PodLogs } from './kubelet/pod-logs.ts';
export type { ImageBehaviour, ImageRule, Program, ProgramContext } from './kubelet/program.ts';
export type { DestinationService, DestinationWorkload } from './mesh/destination.ts';
export { RequestMetrics } from './mesh/request-metrics.ts';
export { EmbeddedPrometheus, type EmbeddedPrometheusOptions } from './prometheus/embedded-prometheus.ts';
export {
  createCluster,
  gatewayDefinitions,
  istioDefinitions,
  startCluster,
  type Cluster,
  type ClusterOptions,
} from './world/cluster.ts';
export { declaredPorts, sampleHandler, serverProgram } from './world/in-process-programs.ts';
export { listenIngress } from './world/ingress-listener.ts';
export { loopbackProgram, type LoopbackServer } from './world/loopback-program.ts';
export { forwardingHandler, listenHttp, type HttpListener, type HttpListenOptions } from './world/node-http.ts';
export { createWorld, type World, type WorldLags, type WorldOptions } from './world/world.ts';
