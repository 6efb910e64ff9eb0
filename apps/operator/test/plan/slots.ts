import { Deployment, type Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { modeOf } from '../../src/modes/mode-of.ts';
import type { LiveObjects } from '../../src/rollout/live-objects.ts';
import type { Mode } from '../../src/rollout/mode.ts';
import type { DestinationRule, Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';

/** The objects of one application with an image of its own, each in its place. */
export interface Slots {
  primary?: Deployment;
  secondary?: Deployment;
  service?: Service;
  destinationRule?: DestinationRule;
  gateway?: Gateway;
  virtualService?: VirtualService;
}

/** Where an object of this kind and name belongs. */
export function slotOf(kind: ResourceKind, name: string): keyof Slots {
  if (kind.kind === Deployment.kind) return name.endsWith('-primary') ? 'primary' : 'secondary';
  return `${kind.kind.charAt(0).toLowerCase()}${kind.kind.slice(1)}` as keyof Slots;
}

/** The slots as a target and a router see them. */
export function liveObjects(slots: Slots): LiveObjects {
  return {
    get: <T extends KubernetesObject>(kind: ResourceKind<T>, name: string) =>
      slots[slotOf(kind, name)] as T | undefined,
  };
}

/** The mode of an application that has one. */
export function knownModeOf(app: CanaryApp): Mode {
  const mode = modeOf(app);
  if (!('target' in mode)) throw new Error(mode.message);
  return mode;
}
