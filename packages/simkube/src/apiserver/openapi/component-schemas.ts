import { rawOpenApiDefinition } from '../../schema/openapi-definitions.ts';
import { isJsonObject, withFields, type JsonObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Prefix of references inside an OpenAPI v3 document. */
const prefix = '#/components/schemas/';

/** Name of a resource's schema in OpenAPI documents. */
export function schemaName(resource: ServedResource): string {
  if (resource.definition !== undefined) return resource.definition;
  return `${resource.group.split('.').toReversed().join('.')}.${resource.version}.${resource.kind}`;
}

/** The group, version and kind by which kubectl finds a schema or an operation. */
export function kindExtension(resource: ServedResource): JsonObject {
  return { group: resource.group, kind: resource.kind, version: resource.version };
}

/** The schemas of some resources of one group version, and all that they refer to. */
export function componentSchemas(resources: readonly ServedResource[]): Readonly<Record<string, unknown>> {
  const schemas = new Map<string, unknown>();
  const waiting: string[] = [`${metaPackage}.DeleteOptions`, `${metaPackage}.Status`];
  for (const resource of resources) {
    const own = resource.definition === undefined ? customSchema(resource) : rawOpenApiDefinition(resource.definition);
    const marked = withFields(own, { 'x-kubernetes-group-version-kind': [kindExtension(resource)] });
    schemas.set(schemaName(resource), linked(marked, waiting));
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (!schemas.has(name)) schemas.set(name, linked(rawOpenApiDefinition(name), waiting));
  }
  return Object.fromEntries(schemas);
}

function customSchema(resource: ServedResource): JsonObject {
  const { schema } = resource;
  return {
    ...schema,
    properties: {
      ...schema.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: `${metaPackage}.ObjectMeta` },
    },
  };
}

/** A schema whose references are those of a v3 document; what it refers to is added to `found`. */
function linked(schema: unknown, found: string[]): unknown {
  if (Array.isArray(schema)) return schema.map((item) => linked(item, found));
  if (!isJsonObject(schema)) return schema;
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    found.push(reference);
    const siblings = Object.entries(withFields(schema, { $ref: undefined }));
    const target = { $ref: prefix + reference };
    return siblings.length === 0 ? target : { allOf: [target], ...Object.fromEntries(siblings) };
  }
  const documented = Object.entries(schema).filter(([key, value]) => !isInternal(key, value));
  return Object.fromEntries(documented.map(([key, value]) => [key, linkedEntry(key, value, found)]));
}

/** What schemas say of Go's zero values is for the server itself. */
function isInternal(key: string, value: unknown): boolean {
  return key === 'x-go-omitempty' || (key === 'default' && value === null);
}

/** Names of properties are data, even one called `$ref`; so are defaults and enumerations. */
function linkedEntry(key: string, value: unknown, found: string[]): unknown {
  if (key === 'default' || key === 'enum' || key.startsWith('x-kubernetes-')) return value;
  if (key !== 'properties' || !isJsonObject(value)) return linked(value, found);
  return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, linked(property, found)]));
}
