import type { UserInfo } from '../../authn/user-info.ts';
import type { ApiObject, JsonObject } from '../../object/api-object.ts';
import type { ServedResource } from '../../registry/served-resource.ts';

/** A group, a version and a kind. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What stays the same of a request, whatever its object becomes on the way. */
export interface AdmissionSubject {
  /** As the URL names it. */
  readonly resource: ServedResource;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** The kind of the body, where it is not the resource's: a Scale, an Eviction. */
  readonly bodyKind?: GroupVersionKind;
  /** From the URL; empty where it has none. */
  readonly name: string;
  /** Empty for cluster scope. */
  readonly namespace: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Of the CreateOptions, UpdateOptions or DeleteOptions that the request stands for. */
  readonly options: JsonObject;
}

/** What a request is about to do. */
export interface AdmissionChange {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** As it is to become, in the request's version; absent for deletions. */
  readonly object?: ApiObject;
  /** As it is, in the request's version; absent for creations. */
  readonly oldObject?: ApiObject;
}

/** The two stages of admission by webhooks. Both throw the refusal. */
export interface Admission {
  /** What the mutating webhooks make of the object; the same reference when they change nothing. */
  mutate(change: AdmissionChange & { readonly object: ApiObject }): ApiObject;
  /** Asks the webhooks that may only say yes or no; of a deletion the mutating ones, too. */
  validate(change: AdmissionChange): void;
  /** The same for a body of another kind than the resource's: a Scale, an Eviction. */
  of(body: { readonly kind: GroupVersionKind; readonly read: (object: unknown) => ApiObject }): Admission;
}

/** The namespace that selectors and reviews know: a namespace is in itself. */
export function namespaceOf(subject: AdmissionSubject, change: AdmissionChange): string {
  const { resource, namespace, name } = subject;
  if (resource.group !== '' || resource.plural !== 'namespaces') return namespace;
  return name === '' ? (change.object?.metadata.name ?? '') : name;
}
