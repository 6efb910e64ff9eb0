/** What a first operator needs. Everything else is behind the subpaths, one for each folder: see docs/reconcile.md. */
export { loadCluster } from './client/load-cluster.ts';
export {
  isAlreadyExists,
  isApiError,
  isConflict,
  isForbidden,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  type ApiError,
} from './client/api-error.ts';
export type { Client, Desired } from './client/client.ts';
export type { Informer, Lister } from './cache/cache.ts';
export { cacheOf } from './cache/informer-cache.ts';
export { findCondition, isTrue, setCondition } from './conditions/conditions.ts';
export { controller, type ControllerBuilder, type ControllerDefinition } from './controller/builder.ts';
export { createOrUpdate } from './controller/create-or-update.ts';
export { dependent, dependents, dependentsCondition, reconcileDependents } from './controller/dependents/index.ts';
export type { ReconcileContext, Reconciler, Request, Result } from './controller/reconciler.ts';
export { TerminalError } from './controller/terminal-error.ts';
export { defineKind, type CustomKind, type CustomObject } from './crd/define-kind.ts';
export { s, type ReadType, type WriteType } from './crd/schema.ts';
export { processEnv } from './env/process-env.ts';
export type { Env } from './env/env.ts';
export { isBeingDeleted, withFinalizer } from './finalizers/finalizers.ts';
export { ConfigMap, Deployment, Namespace, Pod, Service } from './kinds/index.ts';
export { streamLogger } from './log/stream-logger.ts';
export type { Cluster } from './manager/cluster.ts';
export { createManager } from './manager/controller-manager.ts';
export type { Manager } from './manager/manager.ts';
export type { ManagerOptions } from './manager/manager-options.ts';
export { run, type RunOptions } from './manager/run.ts';
export type { Condition, KubernetesObject } from './object/object.ts';
export { keyOf, type ObjectKey } from './object/object-key.ts';
export { metadataOnly, resourceKind, type ObjectOf, type ResourceKind } from './object/resource-kind.ts';
export { controllerReference, isControlledBy } from './owners/owner-reference.ts';
export { enqueueMapped, enqueueOwner, enqueueSelf, type EventHandler } from './watch/event-handler.ts';
export {
  and,
  annotationsChanged,
  generationChanged,
  labelsChanged,
  not,
  or,
  type Predicate,
} from './watch/predicate.ts';
export { pollingSource } from './watch/polling-source.ts';
export { channelSource, informerSource } from './watch/source.ts';
export { mutatingWebhook, validatingWebhook } from './webhook/admission.ts';
