/**
 * The parts of a structural schema that CEL sees: types, and the bounds from which costs are estimated. Every
 * structural schema is one.
 */
export interface CelSchema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, CelSchema>>;
  readonly additionalProperties?: boolean | CelSchema;
  readonly items?: CelSchema;
  readonly required?: readonly string[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

const text: CelSchema = { type: 'string' };

/** A resource's root as rules see it: `apiVersion`, `kind`, `metadata.name` and `metadata.generateName` are there. */
export function withObjectMeta(schema: CelSchema): CelSchema {
  const metadata: CelSchema = { type: 'object', properties: { name: text, generateName: text } };
  return { ...schema, type: 'object', properties: { ...schema.properties, apiVersion: text, kind: text, metadata } };
}
