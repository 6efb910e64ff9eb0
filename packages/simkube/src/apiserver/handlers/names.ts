import type { Random } from '@canaryop/reconcile/env';
import type { OwnerReference } from '@canaryop/reconcile/object';

import { forbiddenValue, invalidValue, requiredValue, type FieldError } from '../../schema/field-error.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { Strategy } from '../registry/strategy.ts';

const labelPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;
const subdomainPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const qualifiedPattern = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u;

const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const maxBaseLength = 63 - suffixLength;

/** `generateName` with five random characters, as the API server makes names. */
export function generatedName(base: string, random: Random): string {
  const suffix = Array.from(
    { length: suffixLength },
    () => suffixAlphabet[Math.floor(random.next() * suffixAlphabet.length)] ?? 'b',
  );
  return base.slice(0, maxBaseLength) + suffix.join('');
}

/** Problems of a change of `metadata`: an object that is being deleted gets no new finalizers. */
export function metadataUpdateErrors(object: ApiObject, previous: ApiObject): readonly FieldError[] {
  if (previous.metadata.deletionTimestamp === undefined) return [];
  const before = new Set(previous.metadata.finalizers);
  const added = (object.metadata.finalizers ?? []).filter((name) => !before.has(name));
  if (added.length === 0) return [];
  const rule = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
  // A real server finds it twice.
  return [forbiddenValue('metadata.finalizers', rule), forbiddenValue('metadata.finalizers', rule)];
}

/** Problems of `metadata` that every kind can have. */
export function metadataErrors(object: ApiObject, rule: Strategy['nameRule'] = 'subdomain'): readonly FieldError[] {
  const { metadata } = object;
  return [
    ...nameErrors(metadata.name, rule),
    ...Object.keys(metadata.labels ?? {}).flatMap((key) => qualifiedErrors('metadata.labels', key)),
    ...Object.entries(metadata.labels ?? {}).flatMap(([, value]) => labelValueErrors(value)),
    ...Object.keys(metadata.annotations ?? {}).flatMap((key) => qualifiedErrors('metadata.annotations', key)),
    ...(metadata.finalizers ?? []).flatMap((finalizer) => qualifiedErrors('metadata.finalizers', finalizer)),
    ...(metadata.ownerReferences ?? []).flatMap(ownerErrors),
    ...controllerErrors(object),
  ];
}

function ownerErrors(owner: OwnerReference): readonly FieldError[] {
  return (['apiVersion', 'kind', 'name', 'uid'] as const)
    .filter((field) => (owner[field] ?? '') === '')
    .map((field) => invalidValue(`metadata.ownerReferences.${field}`, '', ownerRule(field)));
}

const ownerRule = (field: string): string =>
  field === 'apiVersion' ? 'version must not be empty' : 'must not be empty';

function controllerErrors({ metadata }: ApiObject): readonly FieldError[] {
  const controllers = (metadata.ownerReferences ?? []).filter((owner) => owner.controller === true);
  const [first, second] = controllers;
  if (first === undefined || second === undefined) return [];
  return [
    invalidValue(
      'metadata.ownerReferences',
      null,
      `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`,
    ),
  ];
}

function nameErrors(name: string | undefined, rule: NonNullable<Strategy['nameRule']>): readonly FieldError[] {
  const field = 'metadata.name';
  if (name === undefined || name === '') return [requiredValue(field, 'name or generateName is required')];
  if (rule === 'path') {
    const isSafe = name !== '.' && name !== '..' && !/[/%]/u.test(name);
    return isSafe ? [] : [invalidValue(field, name, "may not be '.' or '..' and may not contain '/' or '%'")];
  }
  const maximum = rule === 'label' ? 63 : 253;
  const isValid = (rule === 'label' ? labelPattern : subdomainPattern).test(name);
  return [
    ...(name.length > maximum ? [invalidValue(field, name, `must be no more than ${maximum} characters`)] : []),
    ...(isValid ? [] : [invalidValue(field, name, rule === 'label' ? labelRule : subdomainRule)]),
  ];
}

function qualifiedErrors(field: string, key: string): readonly FieldError[] {
  const slash = key.indexOf('/');
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && !subdomainPattern.test(prefix)) {
    return [invalidValue(field, key, `prefix part ${subdomainRule}`)];
  }
  if (name === '') return [invalidValue(field, key, 'name part must be non-empty')];
  if (name.length > 63) return [invalidValue(field, key, 'name part must be no more than 63 characters')];
  return qualifiedPattern.test(name) ? [] : [invalidValue(field, key, qualifiedRule)];
}

const standardFinalizers = new Set(['foregroundDeletion', 'kubernetes', 'orphan']);

/** Kinds of Kubernetes itself take no finalizer without a domain but the standard ones; custom resources take any. */
export function finalizerErrors({ metadata }: ApiObject): readonly FieldError[] {
  const rule = 'name is neither a standard finalizer name nor is it fully qualified';
  return (metadata.finalizers ?? []).flatMap((finalizer, at) =>
    finalizer.includes('/') || standardFinalizers.has(finalizer)
      ? []
      : [invalidValue(`metadata.finalizers[${at}]`, finalizer, rule)],
  );
}

function labelValueErrors(value: unknown): readonly FieldError[] {
  if (typeof value !== 'string' || value === '') return [];
  if (value.length > 63) return [invalidValue('metadata.labels', value, 'must be no more than 63 characters')];
  return qualifiedPattern.test(value) ? [] : [invalidValue('metadata.labels', value, labelValueRule)];
}
