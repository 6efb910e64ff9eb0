import { deepFreeze } from '../object/json.ts';
import type { KubernetesObject, ObjectMeta } from '../object/object.ts';
import { resourceKind, type ResourceKind } from '../object/resource-kind.ts';
import { checkCelBounds } from './cel-bounds.ts';
import { withDefaults } from './defaults.ts';
import { crdManifest, type CustomResourceDefinition, type PrinterColumn, type ScaleSubresource } from './manifest.ts';
import type { AnySchema, ReadType, Schema, WriteType } from './schema.ts';
import { SchemaError, toStructuralSchema, type StructuralSchema, type ValidationRule } from './structural-schema.ts';

/** An object of a custom kind as it is stored. */
export interface CustomObject<Spec, Status = never> extends KubernetesObject {
  readonly spec: Spec;
  /** Absent until the controller wrote it first. */
  readonly status?: Status;
}

/** An object of a custom kind as a user writes it: what has a default may be left out. */
export interface CustomManifest<Spec> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
}

declare const manifestType: unique symbol;

/** A kind together with everything that its one definition says. */
export interface CustomKind<T extends KubernetesObject, Manifest = unknown> extends ResourceKind<T> {
  /** The structural schema of a whole object, apiVersion, kind and metadata included. */
  readonly schema: StructuralSchema;
  /** The CustomResourceDefinition to install, frozen. */
  crd(): CustomResourceDefinition;
  /** What the API server stores for `manifest`: absent fields have their defaults. Nothing is checked or pruned. */
  withDefaults(manifest: Manifest): T;
  /** Never present at run time. */
  readonly [manifestType]?: Manifest;
}

/** The type in which objects of a custom kind are written. `ObjectOf` is the one in which they are read. */
export type ManifestOf<K> = K extends CustomKind<infer _T, infer Manifest> ? Manifest : never;

/** One custom kind: names, schema, and how kubectl shows it. */
export interface KindDefinition<Spec extends AnySchema, Status extends AnySchema> {
  /** A DNS name, for example `canary.atze.io`. */
  readonly group: string;
  /** For example `v1` or `v1beta1`. */
  readonly version: string;
  /** Singular, UpperCamelCase. */
  readonly kind: string;
  /** @default the lower-case kind with an English plural ending */
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** @default 'Namespaced' */
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly description?: string;
  readonly spec: Spec;
  /** Present: the kind has the status subresource. */
  readonly status?: Status;
  readonly printerColumns?: readonly PrinterColumn[];
  readonly scale?: ScaleSubresource;
  /** CEL rules about the whole object. Of the metadata they can see `self.metadata.name` and `generateName` only. */
  readonly rules?: readonly ValidationRule[];
  /** Restricts metadata.name beyond what Kubernetes does. */
  readonly metadataName?: { readonly maxLength?: number; readonly pattern?: string };
}

/**
 * Defines a custom kind once. Throws `SchemaError`, naming the path, when a CRD could not carry it: an unbounded
 * value under a CEL rule, a pattern that RE2 lacks, a name that Kubernetes refuses. Rules and defaults are not run here:
 * `checkKind` does, which `reconcile manifests` and every test cluster call, so that an operator in production does not
 * carry a CEL compiler.
 */
export function defineKind<Spec extends AnySchema, Status extends AnySchema = Schema<never>>(
  definition: KindDefinition<Spec, Status>,
): CustomKind<CustomObject<ReadType<Spec>, ReadType<Status>>, CustomManifest<WriteType<Spec>>> {
  const kind = resourceKind<CustomObject<ReadType<Spec>, ReadType<Status>>>({
    group: definition.group,
    version: definition.version,
    kind: definition.kind,
    plural: definition.plural ?? pluralOf(definition.kind),
    namespaced: definition.scope !== 'Cluster',
  });
  checkNames(kind);
  checkColumns(kind, definition.printerColumns ?? []);
  const schema = rootSchema(definition);
  checkCelBounds(schema, kind.kind);
  const rootWithMeta = withTypeMeta(schema, definition);
  let manifest: CustomResourceDefinition | undefined;
  return {
    ...kind,
    schema: rootWithMeta,
    crd() {
      manifest ??= deepFreeze(
        crdManifest(kind, rootWithMeta, { ...definition, hasStatus: definition.status !== undefined }),
      );
      return manifest;
    },
    // The schema is what the object type was derived from.
    withDefaults: (written) => withDefaults(schema, written) as CustomObject<ReadType<Spec>, ReadType<Status>>,
  };
}

function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (/[^aeiou]y$/u.test(singular)) return `${singular.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/u.test(singular) ? `${singular}es` : `${singular}s`;
}

function checkNames({ group, version, kind, plural }: ResourceKind): void {
  const checks: [string, string, RegExp][] = [
    ['group', group, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/u],
    ['version', version, /^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/u],
    ['kind', kind, /^[A-Z][A-Za-z0-9]{0,62}$/u],
    ['plural', plural, /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/u],
  ];
  // api-approved.kubernetes.io: the API server refuses such a group from whoever has no such approval.
  if (/(?:^|\.)(?:k8s|kubernetes)\.io$/u.test(group))
    throw new SchemaError(kind, `group ${JSON.stringify(group)} is Kubernetes' own; use a domain of yours`);
  for (const [what, value, pattern] of checks) {
    if (!pattern.test(value))
      throw new SchemaError(kind, `${what} ${JSON.stringify(value)} must match ${pattern.source}`);
  }
}

/** What the API server says of a column that it cannot read is said here, too. */
function checkColumns({ kind }: ResourceKind, columns: readonly PrinterColumn[]): void {
  for (const { name, jsonPath } of columns) {
    if (!/^\.(?:[^[\]]|\[[^[\]]+\])*$/u.test(jsonPath))
      throw new SchemaError(
        `${kind}.printerColumns`,
        `the path ${JSON.stringify(jsonPath)} of ${name} must be a simple JSON path that begins with a dot, like .spec.image`,
      );
  }
}

function rootSchema(definition: KindDefinition<AnySchema, AnySchema>): StructuralSchema {
  const { kind, spec, status, rules = [], description } = definition;
  return {
    ...(description === undefined ? {} : { description }),
    type: 'object',
    ...(spec.presence === 'required' ? { required: ['spec'] } : {}),
    properties: {
      spec: toStructuralSchema(spec.node, `${kind}.spec`),
      ...(status === undefined ? {} : { status: toStructuralSchema(status.node, `${kind}.status`) }),
    },
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  };
}

function withTypeMeta(
  schema: StructuralSchema,
  { metadataName }: KindDefinition<AnySchema, AnySchema>,
): StructuralSchema {
  const metadata: StructuralSchema =
    metadataName === undefined
      ? { type: 'object' }
      : { type: 'object', properties: { name: { type: 'string', ...metadataName } } };
  return {
    ...schema,
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata, ...schema.properties },
  };
}
