import type { Env } from '@canaryop/reconcile/env';

import type { StructuralSchema } from '../schema/structural-schema.ts';
import type { Registry } from './registry/registry.ts';
import type { TypedSchemas } from './registry/typed-schema.ts';
import type { ResourceStore } from './storage/resource-store.ts';
import type { Storage } from './storage/storage.ts';

/** What every handler needs: time and chance, the stored objects, and what is served. */
export interface ApiCore {
  readonly env: Env;
  readonly storage: Storage;
  readonly registry: Registry;
  /** Schema of `metadata`, which every kind shares. */
  readonly metadataSchema: StructuralSchema;
  readonly typedSchemas: TypedSchemas;
  readonly namespaces: ResourceStore;
}
