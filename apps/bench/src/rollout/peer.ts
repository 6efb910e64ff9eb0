import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

import type { Command } from '../measure/subject-process.ts';
import type { StepPlan } from './timeline.ts';

/** An object to be made. */
export interface Manifest {
  readonly kind: ResourceKind;
  readonly object: KubernetesObject;
}

/** Where an operator works. */
export interface Workplace {
  readonly apiServer: URL;
  /** Of its service account, which may do everything. */
  readonly kubeconfig: string;
  /** What a kubelet would mount for that account. */
  readonly accountFolder: string;
  readonly prometheusUrl: string;
  /** Of this machine, for probes and metrics. */
  readonly ports: readonly [number, number];
}

/** How a process is started. */
export interface Launch {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** One application, as each peer's users would write it. */
export interface Application {
  readonly name: string;
  readonly image: string;
  readonly prometheusUrl: string;
  readonly plan: StepPlan;
}

/** What the routes and objects of a peer say. */
export interface Reading {
  /** What its operator reports on, one for each application, with the same name. */
  readonly kind: ResourceKind;
  /** Whether this object's operator says that nothing is under way, and the last release succeeded. */
  readonly isAtRest: (object: KubernetesObject) => boolean;
  /** Whether a destination of an application's VirtualService is the new version's. */
  readonly isNew: (destination: Destination) => boolean;
}

/** Of a route in a VirtualService. */
export interface Destination {
  readonly host: string;
  readonly subset?: string;
}

/** An operator that was built and can be measured. */
export interface ReadyPeer extends Reading {
  readonly command: Command;
  readonly definitions: readonly KubernetesObject[];
  /** How it is started, in each of its modes, the usual one first. */
  readonly modes: Readonly<Record<string, (workplace: Workplace) => Launch>>;
  /** Made once. */
  readonly shared: (prometheusUrl: string) => readonly Manifest[];
  readonly application: (application: Application) => readonly Manifest[];
  /** Which object a user changes for a release, by a merge patch. */
  readonly changed: ResourceKind;
  readonly changeTo: (image: string) => object;
}

/** An operator that releases step by step. */
export interface RolloutPeer {
  readonly name: string;
  readonly version: string;
  /** Builds it, once. Rejects with why it cannot be had on this machine. */
  prepare(progress: (line: string) => void): Promise<ReadyPeer>;
}

export const namespace = 'default';
export const appPort = 8088;

/** What each application's users see, and its host in the mesh. */
export const hostOf = (name: string): string => `${name}.example.com`;

/** The metric that says how an application does: 0, or 1 when it is bad. */
export const badMetric = 'bench_errors';
