import { formatTime } from '@canaryop/reconcile/env';

import { trackUpdate } from '../../patch/track-update.ts';
import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import type { ApiCore } from '../api-core.ts';
import { withFields, withMetadata, type ApiObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import { apiVersionOfResource, groupResource, type ServedResource } from '../registry/served-resource.ts';
import { badRequest, conflict, invalid, notFound, staleVersion } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { keyOfNames, storageKey } from '../storage/resource-store.ts';
import { defaultObject } from './admit.ts';
import { asApiObject, asJson } from '../object/json.ts';
import { asStored } from './as-stored.ts';
import { equalButTimes } from './equal-but-times.ts';
import { resetFieldsOf } from './reset-fields.ts';
import { validate } from './validate.ts';
import { versionView } from './version-view.ts';
import type { Target, WriteOptions } from './write-options.ts';

/** A change of an existing object: by PUT, by a patch or by an apply. */
export interface Update {
  /** As stored. */
  readonly existing: ApiObject;
  /** The whole object as wanted, admitted, in the request's version. */
  readonly next: ApiObject;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly options: WriteOptions;
  /** Whether managedFields are there already (apply) instead of being recorded here. */
  readonly isOwned?: boolean;
  /** PUT: another uid is a conflict of preconditions; in a patch it is a change of what never changes. */
  readonly isPut?: boolean;
  /** Whether it is written, with a new version, also when it changes nothing. */
  readonly isRewrite?: boolean;
}

/** The stored object, or a 404. */
export function existingObject(resource: ServedResource, target: Target): ApiObject {
  const found = resource.store.get(keyOfNames(target.namespace, target.name));
  if (found === undefined) throw notFound(groupResource(resource), target.name);
  return found;
}

/** Refuses a body that does not say which object it is about, where the URL alone is not enough. */
export function checkName(given: string | undefined, asked: string): void {
  if (given !== undefined && given !== '') return;
  throw badRequest(`the name of the object (${asked} based on URL) was undeterminable: name must be provided`);
}

/** Refuses a body that names another object than the URL does. */
export function checkTarget(resource: ServedResource, object: ApiObject, target: Target): void {
  const { name, namespace } = object.metadata;
  if (name !== undefined && name !== '' && name !== target.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  }
  if (resource.namespaced && namespace !== undefined && namespace !== '' && namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/**
 * Carries a change through preconditions, isolation of subresources, defaults, ownership and validation, and commits
 * it. A change that changes nothing keeps the resourceVersion. Returns the stored form.
 */
export function updateObject(core: ApiCore, resource: ServedResource, asked: Update): ApiObject {
  const { existing, options } = asked;
  if (asked.isPut === true) checkUid(resource, existing, asked.next.metadata.uid ?? '');
  const previous = resource.fromStored(existing);
  const update = options.admission === undefined ? asked : mutated(core, resource, previous, asked);
  checkPreconditions(resource, update);
  const isolated = isolatedChange(resource, previous, update);
  // What the server carries over below is nobody's change.
  const tracked = update.isOwned === true ? isolated : track(core, resource, { previous, isolated, update });
  const owned = carriedOver(core, resource, { ...update, existing: previous, next: tracked });
  const written = asStored(resource, owned);
  const errors = metadataErrors(resource, update);
  const isSame =
    update.isRewrite !== true && errors.length === 0 && isUnchanged(resource, written, { existing, previous });
  if (!isSame) validate(resource, owned, { previous, errors });
  options.admission?.validate({ operation: 'UPDATE', object: owned, oldObject: previous });
  if (isSame) return existing;
  const stored = resource.toStored(written);
  return options.dryRun ? stored : committed(core, resource, existing, stored);
}

function committed(core: ApiCore, resource: ServedResource, existing: ApiObject, stored: ApiObject): ApiObject {
  if (!isFinished(resource, stored)) return core.storage.put(resource.store, stored);
  // Watchers see it go as it was stored last.
  core.storage.remove(resource.store, existing);
  return stored;
}

/** Whether a write would store what is stored. A webhook converts what is sound, or what is as it was. */
function isUnchanged(
  resource: ServedResource,
  written: ApiObject,
  { existing, previous }: { readonly existing: ApiObject; readonly previous: ApiObject },
): boolean {
  if (resource.custom?.webhook !== undefined && !equalButTimes(written, previous)) return false;
  return equalButTimes(resource.toStored(written), existing);
}

/** What mutating webhooks make of a change. They see it as it was sent, with its owners; what they change is owned by nobody. */
function mutated(core: ApiCore, resource: ServedResource, previous: ApiObject, update: Update): Update {
  const { next, options } = update;
  const isolated = isolatedChange(resource, previous, update);
  const owned = update.isOwned === true ? isolated : track(core, resource, { previous, isolated, update });
  const { managedFields } = owned.metadata;
  const offered = withMetadata(defaultObject(resource, next), { managedFields });
  const changed = options.admission?.mutate({ operation: 'UPDATE', object: offered, oldObject: previous });
  return changed === undefined || changed === offered ? update : { ...update, next: changed, isOwned: true };
}

/** Whether nothing holds a deleted object back any more. */
export function isFinished(resource: ServedResource, object: ApiObject): boolean {
  const { metadata } = object;
  return (
    resource.strategy.isHeld?.(object) !== true &&
    metadata.deletionTimestamp !== undefined &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    (metadata.finalizers ?? []).length === 0
  );
}

function checkPreconditions(resource: ServedResource, update: Update): void {
  const { existing, next, isPut } = update;
  const { name } = existing.metadata;
  const { resourceVersion = '' } = next.metadata;
  if (isPut === true) checkPut(resource, update);
  if (resourceVersion !== '' && !/^\d+$/u.test(resourceVersion)) {
    throw new StatusError({ code: 500, message: `invalid resourceVersion ${JSON.stringify(resourceVersion)}` });
  }
  if (resourceVersion !== '' && resourceVersion !== existing.metadata.resourceVersion) {
    throw staleVersion(groupResource(resource), name);
  }
}

/** What a write says of the metadata that only the server sets. */
function metadataErrors(resource: ServedResource, { existing, next, subresource }: Update): readonly FieldError[] {
  // Of metadata, a patch of a custom object's status takes nothing, its uid included.
  if (resource.custom !== undefined && subresource === 'status') return [];
  const { uid = '' } = next.metadata;
  const isOther = uid !== '' && uid !== existing.metadata.uid;
  // A real server finds it twice, in the metadata's own check and in that of updates.
  const errors = isOther ? [immutableMetadata('uid', uid), immutableMetadata('uid', uid)] : [];
  return [...errors, ...deletionErrors(existing, withoutMark(resource, next, subresource))];
}

/** A pod's status never marks it as deleted, whatever it says. */
function withoutMark({ kind }: ServedResource, next: ApiObject, subresource: string): ApiObject {
  return kind === 'Pod' && subresource === 'status' ? withMetadata(next, { deletionTimestamp: undefined }) : next;
}

/** A write neither marks an object as deleted nor changes the grace that it has; what it leaves out stays. */
function deletionErrors({ metadata: before }: ApiObject, { metadata: after }: ApiObject): readonly FieldError[] {
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = after;
  const isMark = deletionTimestamp !== undefined && before.deletionTimestamp === undefined;
  const isOtherGrace = grace !== undefined && grace !== before.deletionGracePeriodSeconds;
  return [
    ...(isMark ? [immutableMetadata('deletionTimestamp', deletionTimestamp)] : []),
    ...(isOtherGrace ? [immutableMetadata('deletionGracePeriodSeconds', grace)] : []),
  ];
}

function immutableMetadata(field: string, value: string | number): FieldError {
  return invalidValue(`metadata.${field}`, value, 'field is immutable');
}

/** Refuses a PUT that means an object of another uid; an empty one means any. */
export function checkUid(resource: ServedResource, existing: ApiObject, asked: string): void {
  const { name, uid = '' } = existing.metadata;
  if (asked === '' || asked === uid) return;
  throw conflict(
    groupResource(resource),
    name,
    `StorageError: invalid object, Code: 4, Key: /registry/${resource.plural}/${storageKey(existing)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${asked}, UID in object meta: ${uid}`,
  );
}

function checkPut(resource: ServedResource, { existing, next }: Update): void {
  const { name } = existing.metadata;
  if ((next.metadata.resourceVersion ?? '') !== '' || resource.strategy.requiresVersion !== true) return;
  throw invalid({ group: resource.group, kind: resource.plural }, name, [
    invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
  ]);
}

/** With the status that is not the main endpoint's to change; over a subresource nothing else is lost. */
function sentObject(isolated: ApiObject, { next, subresource }: Update): ApiObject {
  return subresource === '' ? withFields(isolated, { status: next['status'] }) : isolated;
}

/** What is not the writer's to change comes from the stored object; then defaults. */
function isolatedChange(resource: ServedResource, previous: ApiObject, update: Update): ApiObject {
  const isolated = isolate(resource, previous, update);
  const { metadata } = previous;
  const kept = withMetadata(isolated, {
    name: metadata.name,
    namespace: metadata.namespace,
    uid: metadata.uid,
    generateName: metadata.generateName,
    resourceVersion: metadata.resourceVersion,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp,
    deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    generation: metadata.generation,
  });
  return defaultObject(resource, kept);
}

/** What the kind's strategy keeps, and the generation. */
function carriedOver(core: ApiCore, resource: ServedResource, update: Update): ApiObject {
  const { existing: previous, next, subresource } = update;
  const context = { env: core.env, store: resource.store, isDryRun: update.options.dryRun };
  const object = resource.strategy.prepareUpdate?.(next, { previous, subresource, context }) ?? next;
  const counted = subresource === 'status' ? undefined : resource.strategy.generationOf;
  if (counted === undefined || deepEqual(counted(asStored(resource, object)), counted(previous))) return object;
  return withMetadata(object, { generation: (previous.metadata.generation ?? 0) + 1 });
}

function isolate(resource: ServedResource, previous: ApiObject, { next, subresource }: Update): ApiObject {
  const hasStatus = resource.subresources.status === true;
  if (subresource === 'status') {
    const admitted = statusMetadata(resource).map((field) => [field, next.metadata[field]] as const);
    return withMetadata(withFields(previous, { status: next['status'] }), {
      ...Object.fromEntries(admitted),
      managedFields: next.metadata.managedFields,
    });
  }
  return hasStatus ? withFields(next, { status: previous['status'] }) : next;
}

const clientMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

/** A write of the status may change metadata, too, but for those of custom kinds and where the strategy says otherwise. */
function statusMetadata({ custom, strategy }: ServedResource): readonly (typeof clientMetadata)[number][] {
  if (custom !== undefined) return [];
  return clientMetadata.filter((field) => strategy.statusKeeps?.includes(field) !== true);
}

/** A change before its ownership is recorded. */
interface Untracked {
  readonly previous: ApiObject;
  /** Without what is not the writer's to change. */
  readonly isolated: ApiObject;
  readonly update: Update;
}

function track(core: ApiCore, resource: ServedResource, { previous, isolated, update }: Untracked): ApiObject {
  return asApiObject(
    trackUpdate({
      schema: core.typedSchemas.of(resource),
      before: asJson(previous),
      after: asJson(isolated),
      manager: update.options.manager,
      apiVersion: apiVersionOfResource(resource),
      subresource: update.subresource,
      reset: resetFieldsOf(resource, update.subresource),
      sent: asJson(sentObject(isolated, update)),
      inVersion: versionView(core, resource),
      now: formatTime(core.env.clock.now()),
    }),
  );
}
