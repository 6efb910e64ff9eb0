import type { JsonObject, StructuralSchema } from '../../schema/structural-schema.ts';
import { zeroObject } from '../../schema/zero-object.ts';
import type { ServedResource } from './served-resource.ts';

/** Schemas with the fields that every object has, which a CRD's schema does not declare. */
export class TypedSchemas {
  readonly #metadata: StructuralSchema;
  readonly #known = new WeakMap<StructuralSchema, StructuralSchema>();

  readonly #zeros = new WeakMap<StructuralSchema, JsonObject>();

  constructor(metadata: StructuralSchema) {
    this.#metadata = metadata;
  }

  /** The object without content that field ownership starts from. */
  zeroOf(resource: ServedResource): JsonObject {
    if (resource.custom !== undefined) return {};
    let zero = this.#zeros.get(resource.schema);
    if (zero === undefined) {
      zero = zeroObject(resource.schema);
      this.#zeros.set(resource.schema, zero);
    }
    return zero;
  }

  of(resource: ServedResource): StructuralSchema {
    const { schema } = resource;
    if (resource.custom === undefined) return schema;
    let typed = this.#known.get(schema);
    if (typed === undefined) {
      typed = {
        ...schema,
        properties: {
          ...schema.properties,
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: this.#metadata,
        },
      };
      this.#known.set(schema, typed);
    }
    return typed;
  }
}
