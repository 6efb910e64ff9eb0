import type { KubernetesObject } from '../object/object.ts';
import { resourceKind, type ResourceKind } from '../object/resource-kind.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'boolean' | 'date' | 'integer' | 'number' | 'string';
  /** Starts with a dot: `.spec.image`. */
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  /** Above 0 only with `-o wide`. @default 0 */
  readonly priority?: number;
}

/** Where `kubectl scale` and autoscalers find the replica counts; paths start with a dot. */
export interface ScaleSubresource {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** What of a kind, besides its names and schema, goes into its CRD. */
export interface CrdDetails {
  readonly shortNames?: readonly string[];
  /** Groups for `kubectl get <category>`, for example `all`. */
  readonly categories?: readonly string[];
  readonly printerColumns?: readonly PrinterColumn[];
  readonly scale?: ScaleSubresource;
  readonly hasStatus: boolean;
}

/** Where an API server finds a webhook: a Service of its cluster, or a URL, and whom it trusts there. */
export interface WebhookClientConfig {
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    /** @default '/' */
    readonly path?: string;
    /** @default 443 */
    readonly port?: number;
  };
  /** With https. */
  readonly url?: string;
  /** PEM in base64. Absent: whom the API server trusts anyway. */
  readonly caBundle?: string;
}

/** `apiextensions.k8s.io/v1 CustomResourceDefinition`, as far as we write it. */
export interface CustomResourceDefinition extends KubernetesObject {
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly deprecated?: boolean;
      readonly deprecationWarning?: string;
      readonly additionalPrinterColumns?: readonly PrinterColumn[];
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
      readonly subresources?: {
        readonly status?: Readonly<Record<string, never>>;
        readonly scale?: ScaleSubresource;
      };
    }[];
    readonly conversion?: {
      readonly strategy: 'None' | 'Webhook';
      readonly webhook?: {
        readonly conversionReviewVersions: readonly string[];
        readonly clientConfig?: WebhookClientConfig;
      };
    };
  };
}

/** `apiextensions.k8s.io/v1`: how a cluster comes to know kinds. */
export const CustomResourceDefinitionKind = resourceKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

/** The CRD of one version of a kind. The same definition gives the same JSON, key order included. */
export function crdManifest(
  kind: ResourceKind,
  schema: StructuralSchema,
  details: CrdDetails,
): CustomResourceDefinition {
  const { shortNames, categories, printerColumns, scale, hasStatus } = details;
  const subresources = { ...(hasStatus ? { status: {} } : {}), ...(scale === undefined ? {} : { scale }) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        ...(shortNames === undefined ? {} : { shortNames }),
        ...(categories === undefined ? {} : { categories }),
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          ...(printerColumns === undefined ? {} : { additionalPrinterColumns: printerColumns }),
          schema: { openAPIV3Schema: schema },
          ...(Object.keys(subresources).length === 0 ? {} : { subresources }),
        },
      ],
    },
  };
}
