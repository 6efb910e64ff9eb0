import type { Env } from '@canaryop/reconcile/env';

import { openApiDefinition } from '../schema/openapi-definitions.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import type { ApiCore } from './api-core.ts';
import { builtinRegistry } from './registry/builtin-registry.ts';
import { Registry } from './registry/registry.ts';
import { TypedSchemas } from './registry/typed-schema.ts';
import { Storage } from './storage/storage.ts';

const metadataDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** An empty cluster's state with the built-in kinds registered. */
export function createCore(env: Env, history?: number): ApiCore {
  const storage = new Storage(history);
  const registry = new Registry();
  registry.add(builtinRegistry(storage));
  const metadataSchema = withOpaqueFieldSets(openApiDefinition()(metadataDefinition));
  return {
    env,
    storage,
    registry,
    metadataSchema,
    typedSchemas: new TypedSchemas(metadataSchema),
    namespaces: storage.store('namespaces'),
  };
}

/** The keys of `fieldsV1` are field names of other objects: no schema declares them. */
function withOpaqueFieldSets(schema: StructuralSchema): StructuralSchema {
  const managedFields = schema.properties?.['managedFields'];
  const entry = managedFields?.items;
  if (managedFields === undefined || entry === undefined) return schema;
  const fieldsV1: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const items = { ...entry, properties: { ...entry.properties, fieldsV1 } };
  return { ...schema, properties: { ...schema.properties, managedFields: { ...managedFields, items } } };
}
