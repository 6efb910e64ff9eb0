import { deepFreeze } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { apiVersionOf } from '../object/resource-kind.ts';
import { convertObject, type Conversion } from './convert-object.ts';
import type { CustomKind } from '../crd/define-kind.ts';
import type { CustomResourceDefinition, WebhookClientConfig } from '../crd/manifest.ts';
import { SchemaError } from '../crd/structural-schema.ts';

/** What a version says of an object: all but its type and its metadata. */
export type BodyOf<T extends KubernetesObject> = Omit<T, 'apiVersion' | 'kind' | 'metadata'>;

/** How an older version and the current one say the same. */
export interface VersionConversion<Current extends KubernetesObject, Older extends KubernetesObject> {
  /** What an object of the older version is in the current one. */
  up(older: BodyOf<Older>): BodyOf<Current>;
  /** And back. What the older version has no word for may be left out: it is kept, see `kindVersions`. */
  down(current: BodyOf<Current>): BodyOf<Older>;
  /** Whether the API still has it. @default true */
  readonly served?: boolean;
  /** What kubectl prints to whoever still uses it; true: Kubernetes' own words. @default false */
  readonly deprecated?: boolean | string;
}

/** An older version and its conversion, for `kindVersions`. */
export interface OlderVersion {
  readonly kind: CustomKind<KubernetesObject>;
  readonly conversion: Conversion;
  readonly served: boolean;
  readonly deprecated: boolean | string;
}

/** What a CRD of several versions also says. */
export interface VersionsOptions {
  /** Where the API server asks for conversions: `webhookClientConfig`. */
  readonly webhook: WebhookClientConfig;
  /** The version in which objects are stored, for the time of a migration. @default the current one */
  readonly storedAs?: string;
}

/** All versions of one kind. */
export interface KindVersions<T extends KubernetesObject = KubernetesObject> {
  /** The version that controllers work with. */
  readonly current: CustomKind<T>;
  readonly older: readonly OlderVersion[];
  /** The CustomResourceDefinition with every version, frozen. */
  crd(options: VersionsOptions): CustomResourceDefinition;
  /**
   * The object in another version, for instance `demo.io/v1beta1`. Throws for a version that is none of these, and
   * rethrows what a conversion throws.
   */
  convert(object: KubernetesObject, apiVersion: string): KubernetesObject;
}

/** Says how an older version relates to the current one. */
export function olderVersion<Current extends KubernetesObject, Older extends KubernetesObject>(
  _current: CustomKind<Current>,
  older: CustomKind<Older>,
  conversion: VersionConversion<Current, Older>,
): OlderVersion {
  const { served = true, deprecated = false } = conversion;
  return {
    // A conversion is only ever given what its own kind's schema was applied to.
    kind: older,
    conversion: {
      up: (body) => conversion.up(body as unknown as BodyOf<Older>),
      down: (body) => conversion.down(body as unknown as BodyOf<Current>),
    },
    served,
    deprecated,
  };
}

/**
 * Puts the versions of a kind together, each defined by `defineKind`: the current one in the middle, every other
 * converted to and from it (a hub and its spokes, as in kubebuilder). Nothing is lost on the way: what the other version
 * cannot carry travels in the annotation `conversion.<group>/<version>`, and comes back unless the field was set anew.
 * Throws `SchemaError` when the versions do not name one kind, or a version comes twice.
 */
export function kindVersions<T extends KubernetesObject>(
  current: CustomKind<T>,
  older: readonly OlderVersion[],
): KindVersions<T> {
  checkVersions(current, older);
  return {
    current,
    older,
    crd: (options) => deepFreeze(crdOf(current, older, options)),
    convert(object, apiVersion) {
      const from = spoke(object.apiVersion);
      const to = spoke(apiVersion);
      if (object.apiVersion === apiVersion) return object;
      const hub = current as unknown as CustomKind<KubernetesObject>;
      const asCurrent = from === undefined ? object : convertObject(object, from.kind, hub, from.conversion);
      if (to === undefined) return asCurrent;
      return convertObject(asCurrent, hub, to.kind, { up: to.conversion.down, down: to.conversion.up });
    },
  };

  /** Undefined for the current version. */
  function spoke(apiVersion: string): OlderVersion | undefined {
    const found = older.find(({ kind }) => apiVersionOf(kind) === apiVersion);
    if (found === undefined && apiVersion !== apiVersionOf(current))
      throw new Error(`${current.kind} has no version ${JSON.stringify(apiVersion)}; it has ${served().join(', ')}`);
    return found;
  }

  function served(): readonly string[] {
    return [current, ...older.map(({ kind }) => kind)].map(apiVersionOf);
  }
}

function checkVersions(current: CustomKind<KubernetesObject>, older: readonly OlderVersion[]): void {
  const seen = new Set([current.version]);
  for (const { kind } of older) {
    const path = `${kind.kind} ${kind.version}`;
    if (seen.has(kind.version)) throw new SchemaError(path, 'there is a version of this name already');
    seen.add(kind.version);
    for (const name of ['group', 'kind', 'plural', 'namespaced'] as const) {
      if (kind[name] !== current[name])
        throw new SchemaError(path, `its ${name} is ${kind[name]}, that of ${current.version} is ${current[name]}`);
    }
  }
}

function crdOf(
  current: CustomKind<KubernetesObject>,
  older: readonly OlderVersion[],
  { webhook, storedAs = current.version }: VersionsOptions,
): CustomResourceDefinition {
  const definition = current.crd();
  const versions = [
    ...definition.spec.versions,
    ...older.flatMap(({ kind, served, deprecated }) =>
      kind.crd().spec.versions.map((version) => ({
        ...version,
        served,
        ...(deprecated === false ? {} : { deprecated: true }),
        ...(typeof deprecated === 'string' ? { deprecationWarning: deprecated } : {}),
      })),
    ),
  ].map((version) => ({ ...version, storage: version.name === storedAs }));
  if (!versions.some(({ storage }) => storage))
    throw new SchemaError(
      current.kind,
      `it cannot be stored as ${JSON.stringify(storedAs)}, which is no version of it`,
    );
  return {
    ...definition,
    spec: {
      ...definition.spec,
      versions,
      ...(older.length === 0
        ? {}
        : {
            conversion: {
              strategy: 'Webhook',
              webhook: { conversionReviewVersions: ['v1'], clientConfig: webhook },
            },
          }),
    },
  };
}
