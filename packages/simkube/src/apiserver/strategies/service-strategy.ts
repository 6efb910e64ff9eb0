import { isIP } from 'node:net';

import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import {
  listAt,
  objectAt,
  stringAt,
  withFields,
  valueAt,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import type { Strategy, StrategyChange, StrategyContext } from '../registry/strategy.ts';
import { invalid } from '../status/refusals.ts';
import { fill, fillEach, fillIn } from './fill.ts';

const firstNodePort = 30_000;
const lastNodePort = 32_767;

function specDefaults(spec: JsonObject): JsonObject {
  const type = stringAt(spec, 'type') ?? 'ClusterIP';
  const isExternalName = type === 'ExternalName';
  const isOutside = type === 'NodePort' || type === 'LoadBalancer';
  const next = fill(spec, {
    type,
    sessionAffinity: 'None',
    sessionAffinityConfig:
      spec['sessionAffinity'] === 'ClientIP' ? { clientIP: { timeoutSeconds: 10_800 } } : undefined,
    internalTrafficPolicy: isExternalName ? undefined : 'Cluster',
    externalTrafficPolicy: isOutside ? 'Cluster' : undefined,
    allocateLoadBalancerNodePorts: type === 'LoadBalancer' ? true : undefined,
  });
  const kept = next['sessionAffinity'] === 'None' ? withFields(next, { sessionAffinityConfig: undefined }) : next;
  return fillEach(kept, 'ports', (port) => {
    // Go can't tell a port of 0 from none.
    const given = port['targetPort'] === 0 ? withFields(port, { targetPort: undefined }) : port;
    return fill(given, { protocol: 'TCP', targetPort: port['port'] });
  });
}

/** The lowest free address of 10.96.0.0/16, from .0.10 up. */
function freeAddress(context: StrategyContext): string {
  const taken = new Set(context.store.list().map((service) => stringAt(service, 'spec', 'clusterIP')));
  for (let at = 10; at < 65_535; at += 1) {
    const address = `10.96.${at >> 8}.${at & 255}`;
    if (!taken.has(address)) return address;
  }
  throw new Error('no free cluster IP is left in 10.96.0.0/16');
}

function withNodePorts(spec: JsonObject, context: StrategyContext): JsonObject {
  const type = stringAt(spec, 'type');
  if (type !== 'NodePort' && type !== 'LoadBalancer') return spec;
  const taken = new Set(
    context.store
      .list()
      .flatMap((service) => listAt(service, 'spec', 'ports').map((port) => valueAt(port, 'nodePort'))),
  );
  return fillEach(spec, 'ports', (port) => {
    let nodePort = firstNodePort;
    while (taken.has(nodePort) && nodePort < lastNodePort) nodePort += 1;
    if (port['nodePort'] === undefined) taken.add(nodePort);
    return fill(port, { nodePort });
  });
}

/**
 * An address is kept in an IPAddress that names its Service, and is refused with it. It comes before validation: nothing
 * else is said of such a Service.
 */
function checkAllocation({ metadata }: ApiObject, { isDryRun }: StrategyContext): void {
  const { name } = metadata;
  if (isDryRun || !(name === '' || name === '.' || name === '..' || /[/%]/u.test(name))) return;
  const rule = 'failed to allocate IP: spec.parentRef.name: a path segment was expected';
  throw invalid({ group: '', kind: 'Service' }, name, [invalidValue('spec.clusterIPs', null, rule)]);
}

function prepareCreate(object: ApiObject, context: StrategyContext): ApiObject {
  const given = objectAt(object, 'spec');
  if (stringAt(given, 'type') === 'ExternalName') return withFields(object, { status: { loadBalancer: {} } });
  const address = stringAt(given, 'clusterIP');
  if (address !== 'None') checkAllocation(object, context);
  const clusterIP = address === undefined || address === '' ? freeAddress(context) : address;
  // Nobody knows what a headless service without a selector stands for: it may be of both families.
  const isAny = clusterIP === 'None' && Object.keys(objectAt(given, 'selector')).length === 0;
  const families = fill(
    given,
    isAny
      ? { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }
      : { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
  );
  const spec = withNodePorts(withFields(families, { clusterIP, clusterIPs: [clusterIP] }), context);
  return withFields(object, { spec, status: { loadBalancer: {} } });
}

/** What the server allocated stays when a client writes the object without it; what a new type needs is allocated. */
function prepareUpdate(object: ApiObject, { previous, subresource, context }: StrategyChange): ApiObject {
  if (subresource !== '') return object;
  const before = objectAt(previous, 'spec');
  return fillIn(object, 'spec', (spec) => {
    if (stringAt(spec, 'type') === 'ExternalName') return spec;
    const { clusterIP, clusterIPs, healthCheckNodePort, ipFamilies, ipFamilyPolicy } = before;
    const given = listAt(spec, 'ipFamilies').length;
    const kept = fill(spec['clusterIP'] === '' ? withFields(spec, { clusterIP: undefined }) : spec, {
      clusterIP,
      clusterIPs,
      healthCheckNodePort,
      ipFamilies,
      ipFamilyPolicy,
    });
    // Allocation comes before validation: nothing else is said of such a Service.
    const errors = familyErrors(kept, given);
    if (errors.length > 0) throw invalid({ group: '', kind: 'Service' }, object.metadata.name, errors);
    return withNodePorts(portsCarriedOver(withoutBalancer(kept, before), before), context);
  });
}

const isOutside = (spec: JsonObject): boolean => ['NodePort', 'LoadBalancer'].includes(stringAt(spec, 'type') ?? '');

/** A service that is balanced no more loses what only those have, unless its writer changed it (dropTypeDependentFields). */
function withoutBalancer(spec: JsonObject, before: JsonObject): JsonObject {
  const field = 'allocateLoadBalancerNodePorts';
  const isLeft = before['type'] === 'LoadBalancer' && spec['type'] !== 'LoadBalancer';
  return isLeft && spec[field] === before[field] ? withFields(spec, { [field]: undefined }) : spec;
}

/** A port keeps its node port while the type has some, and loses it with them. */
function portsCarriedOver(spec: JsonObject, before: JsonObject): JsonObject {
  const old = listAt(before, 'ports');
  const same = (port: JsonObject): unknown =>
    old.find((each) => valueAt(each, 'port') === port['port'] && valueAt(each, 'protocol') === port['protocol']);
  if (isOutside(spec))
    return fillEach(spec, 'ports', (port) => fill(port, { nodePort: valueAt(same(port), 'nodePort') }));
  if (!isOutside(before)) return spec;
  const next = withFields(spec, { externalTrafficPolicy: undefined });
  return fillEach(next, 'ports', (port) =>
    port['nodePort'] === valueAt(same(port), 'nodePort') ? withFields(port, { nodePort: undefined }) : port,
  );
}

/**
 * Only a headless service without a selector may be of a family that the cluster does not have.
 * @param given how many families the writer named.
 */
function familyErrors(spec: JsonObject, given: number): readonly FieldError[] {
  const isAny = spec['clusterIP'] === 'None' && Object.keys(objectAt(spec, 'selector')).length === 0;
  if (isAny || listAt(spec, 'ipFamilies').length < 2) return [];
  const rule = 'this cluster is not configured for dual-stack services';
  return [
    invalidValue('spec.ipFamilyPolicy', stringAt(spec, 'ipFamilyPolicy'), rule),
    ...(given < 2 ? [] : [invalidValue('spec.ipFamilies[1]', 'IPv6', rule)]),
  ];
}

function addressErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const spec = objectAt(object, 'spec');
  const before = stringAt(previous, 'spec', 'clusterIP');
  const after = stringAt(spec, 'clusterIP');
  if (after !== undefined && after !== '' && after !== 'None' && isIP(after) === 0) {
    return [invalidValue('spec.clusterIPs[0]', after, 'must be a valid IP address')];
  }
  if (after === 'None' && (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer')) {
    return [invalidValue('spec.clusterIPs[0]', after, `may not be set to 'None' for ${spec['type']} services`)];
  }
  const isChanged = before !== undefined && after !== before && spec['type'] !== 'ExternalName';
  return isChanged ? [invalidValue('spec.clusterIPs[0]', after, 'may not change once set')] : [];
}

/** Services: addresses and node ports are allocated on creation and kept. */
export const serviceStrategy: Strategy = {
  nameRule: 'label',
  createsOnUpdate: true,
  defaults: (object) => fillIn(object, 'spec', specDefaults),
  prepareCreate,
  prepareUpdate,
  validate: addressErrors,
  selectableFields: ['spec.clusterIP', 'spec.type'],
  returnsDeleted: true,
};
