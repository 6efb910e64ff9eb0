/** A Kubernetes API server and a small cluster world, in process. */
export { createApiServer, type ApiServer, type ApiServerOptions } from './apiserver/api-server.ts';
export type { Loopback, LoopbackEvent } from './apiserver/loopback.ts';
export { StatusError, type Status } from './apiserver/status/status-error.ts';
export { createWorld, type World, type WorldLags, type WorldOptions } from './world/world.ts';
export type { HttpHandler, HttpRequest, HttpResponse } from './kubelet/http-exchange.ts';
export type { ImageBehaviour, ImageRule, Program, ProgramContext } from './kubelet/program.ts';
export type { PodLogOptions, PodLogs } from './kubelet/pod-logs.ts';
export { declaredPorts, sampleHandler, serverProgram } from './world/in-process-programs.ts';
export { listenIngress } from './world/ingress-listener.ts';
export { loopbackProgram, type LoopbackServer } from './world/loopback-program.ts';
export { listenHttp, type HttpListener, type HttpListenOptions } from './world/node-http.ts';
export { createCluster, istioDefinitions, startCluster, type Cluster, type ClusterOptions } from './world/cluster.ts';
