import type { Env } from '@canaryop/reconcile/env';

import type { FieldError } from '../../schema/field-error.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ResourceStore } from '../storage/resource-store.ts';

/** What a strategy may look at beside the object. */
export interface StrategyContext {
  readonly env: Env;
  /** Where objects of this kind are. */
  readonly store: ResourceStore;
  /** Nothing is kept of what it makes. */
  readonly isDryRun: boolean;
}

/** An update that a strategy looks at. */
export interface StrategyChange {
  /** As stored. */
  readonly previous: ApiObject;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly context: StrategyContext;
}

/**
 * What is special about one kind, beyond its schema: the part that a real API server writes in Go. Every member is
 * optional; a kind without a strategy behaves as a plain object.
 */
export interface Strategy {
  /** Whether metadata.generation is kept, and what of the object it counts changes of. */
  readonly generationOf?: (object: ApiObject) => unknown;
  /** Metadata that a write of the status does not change (default: it may change all that clients own). */
  readonly statusKeeps?: readonly ('labels' | 'annotations' | 'finalizers' | 'ownerReferences')[];
  /** Which rule names follow (default `subdomain`). `path`: anything that can stand in a URL, as RBAC allows. */
  readonly nameRule?: 'subdomain' | 'label' | 'path';
  /** Defaults that a real server sets in code, beyond those of the schema. Runs on every write. */
  readonly defaults?: (object: ApiObject) => ApiObject;
  /** What only a creation sets: allocated addresses, initial phases. Runs after the defaults. */
  readonly prepareCreate?: (object: ApiObject, context: StrategyContext) => ApiObject;
  /** Carries over what clients do not own.  */
  readonly prepareUpdate?: (object: ApiObject, change: StrategyChange) => ApiObject;
  /** Rules beyond the schema. `previous` is absent on creation. */
  readonly validate?: (object: ApiObject, previous: ApiObject | undefined) => readonly FieldError[];
  /** Dotted paths that field selectors may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields?: readonly string[];
  /** Seconds that a deletion waits for someone to finish it with 0 seconds (pods: the kubelet); undefined: none. */
  readonly gracePeriodSeconds?: (object: ApiObject, asked: number | undefined) => number;
  /** Whether a deletion that waits is marked without a grace period (namespaces). */
  readonly hasNoGracePeriod?: boolean;
  /** Whether something beside metadata.finalizers keeps a deleted object in place (namespaces: spec.finalizers). */
  readonly isHeld?: (object: ApiObject) => boolean;
  /** What a deletion that has to wait changes beside metadata. */
  readonly prepareDelete?: (object: ApiObject) => ApiObject;
  /** Whether a PUT makes an object that is not there. */
  readonly createsOnUpdate?: boolean;
  /** Whether a PUT has to carry a resourceVersion. */
  readonly requiresVersion?: boolean;
  /** What becomes of dependents when a deletion does not say (default: they go, in the background). */
  readonly defaultPropagation?: 'Orphan';
  /** Whether DELETE answers with the object instead of a Status. */
  readonly returnsDeleted?: boolean;
}
