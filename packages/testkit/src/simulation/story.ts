import type { Client } from '@canaryop/reconcile/client';
import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { Env } from '@canaryop/reconcile/env';
import type { LeaderElectionOptions } from '@canaryop/reconcile/manager';
import type { KubernetesObject, ObjectKey, ResourceKind } from '@canaryop/reconcile/object';
import type { ApiServer, ClusterOptions, World } from '@canaryop/simkube';

import type { View } from './fixed-point.ts';

/** The cluster as a story's user sees it; what it does meets no faults, and takes no time. */
export interface SimulatedCluster {
  /** Everything else that a user can do, as the cluster's administrator. */
  readonly client: Client;
  readonly get: <T extends KubernetesObject>(kind: ResourceKind<T>, key: ObjectKey) => T | undefined;
  readonly list: <T extends KubernetesObject>(kind: ResourceKind<T>, namespace?: string) => readonly T[];
  readonly create: <T extends KubernetesObject>(kind: ResourceKind<T>, object: T) => T;
  /** Changes an object as it is now. Throws when there is none. */
  readonly edit: <T extends KubernetesObject>(kind: ResourceKind<T>, key: ObjectKey, change: (live: T) => T) => T;
  /** Deletes an object, if there is one. */
  readonly delete: (kind: ResourceKind, key: ObjectKey) => void;
  /** Lets virtual time pass. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Lets virtual time pass until a condition holds, which is asked every 50 ms. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** Lets virtual time pass until the operator has asked for nothing for ten seconds. */
  readonly quiet: () => Promise<void>;
}

/** What a process of the operator is given. */
export interface ProcessParts {
  /** Its time, chance and log. */
  readonly env: Env;
  readonly connection: ClusterConnection;
  /** Which replica and life this is, such as `operator-2`. */
  readonly instance: string;
  readonly leaderElection?: LeaderElectionOptions;
  /** The API server itself, of this run. */
  readonly server: ApiServer;
  /** Pods, endpoints and the mesh, where the story has them: see `SimulationOptions.cluster`. */
  readonly world?: World;
}

/** Something that runs until it is told to stop, such as a manager. */
export interface Operator {
  start(signal: AbortSignal): Promise<void>;
}

/**
 * What is simulated: controllers, or a function that makes them, or a whole operator, anew for each process. Without a
 * function, what controllers remember outside of a reconcile survives deaths here, as it would not in a cluster.
 */
export type Subject =
  | ControllerDefinition
  | readonly ControllerDefinition[]
  | ((parts: ProcessParts) => ControllerDefinition | readonly ControllerDefinition[] | Operator);

/** What must hold after each write of anyone; it throws when it does not. */
export interface Invariant {
  readonly name: string;
  readonly check: (cluster: SimulatedCluster) => void;
}

/** How a simulation differs from the usual one. */
export interface SimulationOptions {
  /** Processes of the operator; more than one elect a leader. @default 1, or what the faults need */
  readonly replicas?: number;
  /** Virtual time without a request after which the operator is taken to be at rest. @default 60_000 */
  readonly quietMs?: number;
  /** How long it has to stay at rest, and again after a restart, in virtual milliseconds. @default 60_000 */
  readonly restMs?: number;
  /** Virtual time to come to rest after the last of `when`, faults included. @default 3_600_000 */
  readonly limitMs?: number;
  /** Requests after which it is taken never to come to rest. @default 500 */
  readonly limitRequests?: number;
  /** Whether the operator may read at rest, because it polls. @default false */
  readonly readsAtRest?: boolean;
  /** What of each object is compared between runs; undefined leaves it out. Events and Leases are left out anyway. */
  readonly view?: View;
  /** A cluster around the API server: Deployments roll out, pods run. Absent: the API server alone, which is faster. */
  readonly cluster?: Omit<ClusterOptions, 'env' | 'apiServer'>;
}

/** All that is told in each run. */
export interface Story {
  readonly subject: Subject;
  readonly given: readonly KubernetesObject[];
  readonly scripts: readonly ((cluster: SimulatedCluster) => Promise<void> | void)[];
  readonly expectations: readonly ((cluster: SimulatedCluster) => Promise<void> | void)[];
  readonly invariants: readonly Invariant[];
  readonly options: SimulationOptions;
  readonly replicas: number;
}
