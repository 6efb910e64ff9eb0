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
import type { Strategy, StrategyContext } from '../registry/strategy.ts';
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
    internalTrafficPolicy: isExternalName ? undefined : 'Cluster',
    externalTrafficPolicy: isOutside ? 'Cluster' : undefined,
    allocateLoadBalancerNodePorts: type === 'LoadBalancer' ? true : undefined,
  });
  return fillEach(next, 'ports', (port) => fill(port, { protocol: 'TCP', targetPort: port['port'] }));
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

function prepareCreate(object: ApiObject, context: StrategyContext): ApiObject {
  const given = objectAt(object, 'spec');
  if (stringAt(given, 'type') === 'ExternalName') return withFields(object, { status: { loadBalancer: {} } });
  const address = stringAt(given, 'clusterIP');
  const clusterIP = address === undefined || address === '' ? freeAddress(context) : address;
  const families = fill(given, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  const spec = withNodePorts(withFields(families, { clusterIP, clusterIPs: [clusterIP] }), context);
  return withFields(object, { spec, status: { loadBalancer: {} } });
}

/** What the server allocated stays when a client writes the object without it. */
function prepareUpdate(object: ApiObject, previous: ApiObject, subresource: string): ApiObject {
  if (subresource !== '') return object;
  const before = objectAt(previous, 'spec');
  return fillIn(object, 'spec', (spec) => {
    if (stringAt(spec, 'type') === 'ExternalName') return spec;
    const { clusterIP, clusterIPs, healthCheckNodePort, ipFamilies, ipFamilyPolicy } = before;
    return fill(spec['clusterIP'] === '' ? withFields(spec, { clusterIP: undefined }) : spec, {
      clusterIP,
      clusterIPs,
      healthCheckNodePort,
      ipFamilies,
      ipFamilyPolicy,
    });
  });
}

function addressErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const spec = objectAt(object, 'spec');
  const before = stringAt(previous, 'spec', 'clusterIP');
  const after = stringAt(spec, 'clusterIP');
  const isChanged = before !== undefined && after !== before && spec['type'] !== 'ExternalName';
  return isChanged ? [invalidValue('spec.clusterIPs[0]', after, 'may not change once set')] : [];
}

/** Services: addresses and node ports are allocated on creation and kept. */
export const serviceStrategy: Strategy = {
  nameRule: 'label',
  defaults: (object) => fillIn(object, 'spec', specDefaults),
  prepareCreate,
  prepareUpdate,
  validate: addressErrors,
  selectableFields: ['spec.clusterIP', 'spec.type'],
  returnsDeleted: true,
};
