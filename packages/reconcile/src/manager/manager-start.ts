import { channel } from 'node:diagnostics_channel';

import type { ControllerDefinition } from '../controller/builder.ts';
import type { Manager } from './manager.ts';

/**
 * The channel of node:diagnostics_channel on which each manager of a process is published when it starts: for tools that
 * are loaded before the program, as `reconcile dev` is, and find its managers whoever makes them.
 */
export const managerStartChannel = '@canaryop/reconcile:manager:start';

/** What is published there. */
export interface ManagerStart {
  readonly manager: Manager;
  /** Those that were added to it, as they were declared. */
  readonly controllers: readonly ControllerDefinition[];
}

const starts = channel(managerStartChannel);

/** Publishes a manager. */
export function publishStart(start: ManagerStart): void {
  starts.publish(start);
}
