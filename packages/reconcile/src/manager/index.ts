/** Starts and stops controllers and all that they share. */
export type { Cluster, ClusterOptions } from './cluster.ts';
export type { Ports, ServerDefinition } from './endpoints.ts';
export { LeadershipLostError } from './leadership.ts';
export type {
  LeaderElectionOptions,
  ManagerOptions,
  MetricsOptions,
  SecureOptions,
  ShardingOptions,
  WebhookOptions,
} from './manager-options.ts';
export {
  eventPermissions,
  leaderElectionPermissions,
  operatorPermissions,
  scrapePermissions,
  shardingPermissions,
  type ManagerParts,
  type OperatorPermissions,
} from './operator-permissions.ts';
export { createManager } from './controller-manager.ts';
export type { Manager } from './manager.ts';
export { managerStartChannel, type ManagerStart } from './manager-start.ts';
export { run, webhookPlace, type RunOptions } from './run.ts';
export type { Runnable } from './runnable.ts';
export { terminationSignal, type SignalSource } from './signals.ts';
