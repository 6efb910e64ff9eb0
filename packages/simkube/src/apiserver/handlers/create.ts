import { formatTime, uuid } from '@canaryop/reconcile/env';

import { trackUpdate } from '../../patch/track-update.ts';
import type { ApiCore } from '../api-core.ts';
import { stringAt, withFields, withMetadata, type ApiObject } from '../object/api-object.ts';
import { apiVersionOfResource, groupResource, type ServedResource } from '../registry/served-resource.ts';
import { alreadyExists, badRequest, forbidden, methodNotAllowed, notFound } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { keyOfNames } from '../storage/resource-store.ts';
import { defaultObject } from './admit.ts';
import { asApiObject, asJson } from '../object/json.ts';
import { asStored } from './as-stored.ts';
import { generatedName } from './names.ts';
import { resetFieldsOf } from './reset-fields.ts';
import { validate } from './validate.ts';
import type { WriteOptions } from './write-options.ts';

/** A creation: by POST, or by an apply that found nothing. */
export interface Creation {
  /** From the URL; absent for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  /** Admitted, in the request's version. */
  readonly object: ApiObject;
  readonly options: WriteOptions;
  /** Whether managedFields are there already (apply) instead of being recorded here. */
  readonly isOwned?: boolean;
}

/** Creates an object and returns it as stored, in the stored version. */
export function createObject(core: ApiCore, resource: ServedResource, creation: Creation): ApiObject {
  if (resource.createOnly) throw methodNotAllowed();
  const { options } = creation;
  const object = withIdentity(core, resource, creation);
  checkNamespace(core, resource, object);
  // What the server allocates below belongs to nobody.
  const owned = admitted(core, resource, creation, {
    object,
    owned: creation.isOwned === true ? object : trackCreation(core, resource, object, options),
  });
  const context = { env: core.env, store: resource.store, isDryRun: options.dryRun };
  const prepared = resource.strategy.prepareCreate?.(owned, context) ?? owned;
  const versioned = resource.strategy.generationOf === undefined ? prepared : withMetadata(prepared, { generation: 1 });
  validate(resource, versioned);
  options.authorizeCreation?.();
  options.admission?.validate({ operation: 'CREATE', object: versioned });
  const key = keyOfNames(versioned.metadata.namespace, versioned.metadata.name);
  if (resource.store.get(key) !== undefined) throw alreadyExists(groupResource(resource), versioned.metadata.name);
  const stored = resource.toStored(asStored(resource, versioned));
  return options.dryRun ? stored : core.storage.put(resource.store, stored);
}

/** What mutating webhooks make of a new object. They see it as it was sent, before it gets its identity. */
function admitted(
  core: ApiCore,
  resource: ServedResource,
  creation: Creation,
  { object, owned }: { readonly object: ApiObject; readonly owned: ApiObject },
): ApiObject {
  const { admission } = creation.options;
  if (admission === undefined) return owned;
  const { name } = creation.object.metadata;
  const sent = { name, uid: undefined, creationTimestamp: undefined };
  const offered = withMetadata(withFields(owned, { status: creation.object['status'] }), sent);
  const changed = admission.mutate({ operation: 'CREATE', object: offered });
  if (changed === offered) return owned;
  const { uid, creationTimestamp } = object.metadata;
  const named = withIdentity(core, resource, { ...creation, object: changed });
  return withMetadata(named, { uid, creationTimestamp });
}

/** A new object with the managedFields of its writer. */
export function trackCreation(
  core: ApiCore,
  resource: ServedResource,
  object: ApiObject,
  options: WriteOptions,
): ApiObject {
  return asApiObject(
    trackUpdate({
      schema: core.typedSchemas.of(resource),
      before: undefined,
      after: asJson(object),
      manager: options.manager,
      apiVersion: apiVersionOfResource(resource),
      zero: core.typedSchemas.zeroOf(resource),
      reset: resetFieldsOf(resource, ''),
      now: formatTime(core.env.clock.now()),
    }),
  );
}

/** Fills in what the server alone decides: name, namespace, uid, creation time; and drops what clients cannot set. */
function withIdentity(core: ApiCore, resource: ServedResource, creation: Creation): ApiObject {
  const { namespace } = creation;
  checkBody(resource, creation);
  const name = nameFor(core, creation.object);
  const object = withMetadata(creation.object, {
    name,
    namespace: resource.namespaced ? namespace : undefined,
    uid: uuid(core.env.random),
    creationTimestamp: formatTime(core.env.clock.now()),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
  });
  const isolated = resource.subresources.status === true ? withFields(object, { status: undefined }) : object;
  return defaultObject(resource, isolated);
}

function checkBody(resource: ServedResource, { object, namespace }: Creation): void {
  const { metadata } = object;
  if ((metadata.resourceVersion ?? '') !== '') {
    throw new StatusError({ code: 500, message: 'resourceVersion should not be set on objects to be created' });
  }
  const given = metadata.namespace ?? '';
  if (resource.namespaced && given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** The name as given, or made from generateName; empty when there is neither. */
function nameFor(core: ApiCore, { metadata }: ApiObject): string {
  const name = stringAt(metadata, 'name') ?? '';
  const { generateName = '' } = metadata;
  return name !== '' || generateName === '' ? name : generatedName(generateName, core.env.random);
}

/** The namespace lifecycle rule: nothing is created in a namespace that is missing or going away. */
function checkNamespace(core: ApiCore, resource: ServedResource, object: ApiObject): void {
  const { namespace, name } = object.metadata;
  if (!resource.namespaced || namespace === undefined) return;
  const found = core.namespaces.get(namespace);
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    groupResource(resource),
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}
