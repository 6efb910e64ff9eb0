/** Talking to an API server: connections, errors, and a client whose every write is conditional. */
export {
  ApiError,
  isAlreadyExists,
  isApiError,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  isTooManyRequests,
  isUnauthorized,
  type StatusDetails,
} from './api-error.ts';
export {
  NoAnswerError,
  sendRequest,
  type ApiRequest,
  type ApiRequestContext,
  type RequestInfo,
  type RequestLimits,
} from './api-request.ts';
export type { Client, Desired, ListOptions, Propagation, Reader, Writer } from './client.ts';
export { noCredentials, type ClusterConnection, type Credentials } from './cluster-connection.ts';
export { discoverKind, type ResourceNames } from './discover-kind.ts';
export { CreationLimitError } from './creation-budget.ts';
export { FencedError, isFenced, type Fence } from './fence.ts';
export { createOrApply } from './create-or-apply.ts';
export { createClient, type ClientOptions } from './http-client.ts';
export { inClusterConnection, isInCluster, type InClusterOptions, type LoadedCluster } from './in-cluster.ts';
export { connectionOf, kubeConfigConnection, type KubeConfigOptions, type ParsedKubeConfig } from './kube-config.ts';
export { loadCluster } from './load-cluster.ts';
export { mergeDiff, mergePatch } from './merge-diff.ts';
export type { ObservedWrite, WriteObserver } from './observed-write.ts';
export { renewableConnection, type Identity, type RenewableConnectionOptions } from './renewable-connection.ts';
export { undiciTransport, type TlsMaterial, type UndiciTransportOptions } from './undici-transport.ts';
