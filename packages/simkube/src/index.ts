/** A Kubernetes API server and a small cluster world, in process. */
export type { Loopback, LoopbackEvent } from './apiserver/loopback.ts';
