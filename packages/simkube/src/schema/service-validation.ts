import { isIPv4, isIPv6 } from 'node:net';
import { mustBeName, mustBeOneOf, mustDiffer, portErrors } from './field-checks.ts';
import { invalidValue, requiredValue, type FieldError } from './field-error.ts';
import { eachIn, fieldIn, listIn, numberIn, objectIn, textIn } from './json-access.ts';
import { labelNameProblems, portNameProblems } from './name-rules.ts';
import { labelErrors } from './selector-validation.ts';
import type { Json, JsonObject } from './structural-schema.ts';

/** Rules of a Service. */
export function serviceErrors(service: JsonObject): readonly FieldError[] {
  const spec = objectIn(service, 'spec');
  const path = 'spec';
  const ports = listIn(spec, 'ports');
  const needsPorts = textIn(spec, 'type') !== 'ExternalName' && textIn(spec, 'clusterIP') !== 'None';
  return [
    ...(needsPorts && ports.length === 0 ? [requiredValue('spec.ports')] : []),
    ...eachIn(spec, 'ports', { path, check: (port, at) => servicePortErrors(port, at, ports.length > 1) }),
    ...mustDiffer({ object: spec, key: 'ports', path }, 'name'),
    ...mustBeOneOf({ object: spec, key: 'type', path }, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...mustBeOneOf({ object: spec, key: 'sessionAffinity', path }, ['ClientIP', 'None']),
    ...labelErrors(objectIn(spec, 'selector'), 'spec.selector'),
  ];
}

function servicePortErrors(port: Json, path: string, needsName: boolean): readonly FieldError[] {
  const object = port;
  const hasName = textIn(port, 'name') !== '';
  const target = fieldIn(port, 'targetPort');
  return [
    ...(needsName || hasName ? mustBeName({ object, key: 'name', path }, labelNameProblems) : []),
    ...portErrors(`${path}.port`, numberIn(port, 'port') ?? 0),
    ...mustBeOneOf({ object, key: 'protocol', path }, ['SCTP', 'TCP', 'UDP']),
    ...(typeof target === 'number' ? portErrors(`${path}.targetPort`, target) : []),
    ...(typeof target === 'string'
      ? portNameProblems(target).map((text) => invalidValue(`${path}.targetPort`, target, text))
      : []),
  ];
}

/** Rules of an EndpointSlice. Loopback addresses are refused, as on a real server. */
export function endpointSliceErrors(slice: JsonObject): readonly FieldError[] {
  const addressType = textIn(slice, 'addressType');
  return [
    ...(addressType === '' ? [requiredValue('addressType')] : []),
    ...mustBeOneOf({ object: slice, key: 'addressType', path: '' }, ['FQDN', 'IPv4', 'IPv6']),
    ...eachIn(slice, 'endpoints', { path: '', check: (endpoint, path) => endpointErrors(endpoint, path, addressType) }),
    ...mustDiffer({ object: slice, key: 'ports', path: '' }, 'name'),
  ];
}

function endpointErrors(endpoint: Json, path: string, addressType: string): readonly FieldError[] {
  if (listIn(endpoint, 'addresses').length === 0) {
    return [requiredValue(`${path}.addresses`, 'must contain at least 1 address')];
  }
  return eachIn(endpoint, 'addresses', { path, check: (address, at) => addressErrors(address, at, addressType) });
}

function addressErrors(address: Json, path: string, addressType: string): readonly FieldError[] {
  if (typeof address !== 'string' || !['IPv4', 'IPv6'].includes(addressType)) return [];
  const isValid = addressType === 'IPv6' ? isIPv6(address) : isIPv4(address);
  if (!isValid) return [invalidValue(path, address, `must be a valid ${addressType} address`)];
  const isLoopback = address.startsWith('127.') || address === '::1';
  return isLoopback ? [invalidValue(path, address, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')] : [];
}
