import type { Reader } from '../client/client.ts';
import type { Logger } from '../env/logger.ts';
import type { FieldError } from '../crd/field-error.ts';
import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';

/** What somebody does with an object. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** Who does it. */
export interface AdmissionUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** A write that an API server asks about, before it stores it (`admission.k8s.io/v1`). */
export interface AdmissionRequest<T extends KubernetesObject> {
  readonly uid: string;
  readonly operation: AdmissionOperation;
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  /** `status` or `scale`, where those are asked about too. */
  readonly subresource?: string;
  /** As it would be stored; of a DELETE as it is. */
  readonly object: T;
  /** As it is stored, of an UPDATE. */
  readonly previous?: T;
  readonly user: AdmissionUser;
  /** Nothing will be stored: a webhook with effects must have none. */
  readonly isDryRun: boolean;
  /**
   * Reads the kinds that the webhook declared in `reads`, from the API server: a cache may be behind what the same
   * `kubectl apply` has just made. Throws for others.
   */
  readonly reader: Reader;
  /** Aborts when the API server has given up. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Says something to the user, whatever becomes of the request; kubectl prints it. At most 120 characters. */
  readonly warn: (message: string) => void;
}

/** Why a write is refused. */
export interface Refusal {
  /** For the user: what is wrong, and what to do. */
  readonly message: string;
  /** @default 'Forbidden' */
  readonly reason?: 'Forbidden' | 'Invalid' | 'Conflict';
}

/** Nothing: the write is right. A text or a `Refusal` refuses it; so do field errors, which kubectl prints one by one. */
export type AdmissionVerdict = undefined | string | Refusal | readonly FieldError[];

/** Which writes a webhook is asked about, and what happens when it cannot be. */
export interface AdmissionScope {
  /** Qualified with at least two dots; for a second webhook of a kind. @default `validate.<plural>.<group>` or `mutate.<plural>.<group>` */
  readonly name?: string;
  /** @default ['CREATE', 'UPDATE'] */
  readonly operations?: readonly AdmissionOperation[];
  /** Of these subresources instead of the object itself. @default none */
  readonly subresources?: readonly ('status' | 'scale')[];
  /** What becomes of a write when the webhook does not answer. @default 'Fail' */
  readonly failurePolicy?: 'Fail' | 'Ignore';
  /** How long the API server waits, 1 to 30. @default 10 */
  readonly timeoutSeconds?: number;
  /** 'NoneOnDryRun' for a webhook that does something beside answering. @default 'None' */
  readonly sideEffects?: 'None' | 'NoneOnDryRun';
  readonly objectSelector?: LabelSelector;
  /** @default all; of kinds that are not the operator's own, all but the operator's namespace, or it could lock itself out */
  readonly namespaceSelector?: LabelSelector;
  /** Kinds that it looks at, for `reader` and for its rights. @default none */
  readonly reads?: readonly ResourceKind[];
  /** CEL; all must hold, or the webhook is not asked. */
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
}

/** `metav1.LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/** Judges writes of a kind. */
export interface ValidatingWebhook {
  readonly type: 'validating';
  readonly name: string;
  readonly kind: ResourceKind;
  readonly path: string;
  readonly scope: AdmissionScope;
  readonly validate: (request: AdmissionRequest<KubernetesObject>) => Promise<AdmissionVerdict>;
}

/** Completes objects of a kind before they are judged. */
export interface MutatingWebhook {
  readonly type: 'mutating';
  readonly name: string;
  readonly kind: ResourceKind;
  readonly path: string;
  readonly scope: AdmissionScope & { readonly reinvocationPolicy?: 'Never' | 'IfNeeded' };
  readonly mutate: (request: AdmissionRequest<KubernetesObject>) => Promise<KubernetesObject | undefined>;
}

/** What an API server asks before it stores something. */
export type AdmissionWebhook = ValidatingWebhook | MutatingWebhook;

/**
 * Declares a webhook that judges what the schema cannot: what needs other objects, or the user. What a CEL rule can say
 * belongs into `defineKind`, where it cannot fail. `validate` reads; it must not write, and it may be asked twice.
 */
export function validatingWebhook<T extends KubernetesObject>(
  kind: ResourceKind<T>,
  webhook: AdmissionScope & {
    readonly validate: (request: AdmissionRequest<T>) => AdmissionVerdict | Promise<AdmissionVerdict>;
  },
): ValidatingWebhook {
  const { validate, ...scope } = webhook;
  return {
    type: 'validating',
    ...placeOf('validate', kind, scope),
    // The API server sends objects of the kind that the rules name.
    validate: async (request) => validate(request as AdmissionRequest<T>),
  };
}

/**
 * Declares a webhook that completes an object: `mutate` gives back the object as it should be, and nothing when it is
 * right as it is. It must be idempotent. A default that does not depend on anything belongs into `defineKind`.
 */
export function mutatingWebhook<T extends KubernetesObject>(
  kind: ResourceKind<T>,
  webhook: AdmissionScope & {
    /** Whether to be asked again when a later webhook changed the object. @default 'Never' */
    readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
    readonly mutate: (request: AdmissionRequest<T>) => T | undefined | Promise<T | undefined>;
  },
): MutatingWebhook {
  const { mutate, ...scope } = webhook;
  return {
    type: 'mutating',
    ...placeOf('mutate', kind, scope),
    mutate: async (request) => mutate(request as AdmissionRequest<T>),
  };
}

function placeOf<S extends AdmissionScope>(verb: 'validate' | 'mutate', kind: ResourceKind, scope: S) {
  const { group, version, plural } = kind;
  const name = scope.name ?? `${verb}.${group === '' ? `${plural}.core` : groupResourceOf(kind)}`;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+){2,}$/u.test(name))
    throw new Error(`webhook ${JSON.stringify(name)}: its name must be a domain with at least two dots`);
  const groupPath = (group === '' ? 'core' : group).replaceAll('.', '-');
  const usual = `/${verb}-${groupPath}-${version}-${kind.kind.toLowerCase()}`;
  // A second webhook of a kind has a name of its own, and so a path of its own.
  return { name, kind, scope, path: scope.name === undefined ? usual : `/${verb}/${name}` };
}
