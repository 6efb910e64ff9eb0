import type { Subresources } from '../../schema/builtin-resources.ts';
import type { FieldError } from '../../schema/field-error.ts';
import type { StructuralSchema } from '../../schema/structural-schema.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { GroupResource } from '../status/refusals.ts';
import type { ResourceStore } from '../storage/resource-store.ts';
import type { ConversionWebhook } from '../webhooks/conversion/conversion-webhook.ts';
import type { Strategy } from './strategy.ts';

/** One `additionalPrinterColumns` entry of a CRD. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  /** Columns above 0 show with `-o wide` only. */
  readonly priority?: number;
}

/** What only custom resources have. */
export interface CustomParts {
  /** Name of the CustomResourceDefinition. */
  readonly definition: string;
  readonly columns: readonly PrinterColumn[];
  /** What every request in this version is told: that it is deprecated. */
  readonly warnings: readonly string[];
  /** What converts between its versions; absent where they differ in nothing but their schemas. */
  readonly webhook?: ConversionWebhook;
  /** The kind in one of its versions, served or not, whose objects are stored as they are. */
  readonly inVersion: (apiVersion: string) => ServedResource | undefined;
}

/** One resource in one version: all that handlers, discovery and OpenAPI need to know of it. */
export interface ServedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: Subresources;
  /** Reviews: POST computes an answer, nothing is stored. */
  readonly createOnly: boolean;
  readonly schema: StructuralSchema;
  /** What the kind's rules say of an object; `previous` is the stored one. Metadata is judged elsewhere. */
  readonly check: (object: ApiObject, previous: ApiObject | undefined) => readonly FieldError[];
  readonly strategy: Strategy;
  readonly store: ResourceStore;
  /** Name of the OpenAPI definition; absent for custom resources. */
  readonly definition?: string;
  /** Absent for built-in kinds. */
  readonly custom?: CustomParts;
  /** From the stored form to this version; the same reference when they are the same. */
  readonly fromStored: (object: ApiObject) => ApiObject;
  /** The same for many, where that is not the same as for one after the other. */
  readonly fromStoredAll?: (objects: readonly ApiObject[]) => readonly ApiObject[];
  /** To any version, for what has to compare objects there; undefined when it can't be done. Absent: only the apiVersion changes. */
  readonly convertTo?: (object: ApiObject, apiVersion: string) => ApiObject | undefined;
  /** From this version to the stored form. */
  readonly toStored: (object: ApiObject) => ApiObject;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOfResource(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The resource in the version that an object is stored in: what touches nothing but metadata needs no other. */
export function storedForm(resource: ServedResource, object: ApiObject): ServedResource {
  return resource.custom?.inVersion(object.apiVersion) ?? resource;
}

/** How errors name the resource. */
export function groupResource(resource: { readonly group: string; readonly plural: string }): GroupResource {
  return { group: resource.group, resource: resource.plural };
}
