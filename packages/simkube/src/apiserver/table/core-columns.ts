import { isJsonObject, listAt, numberAt, objectAt, stringAt, valueAt, type ApiObject } from '../object/api-object.ts';
import { ageText } from './age.ts';
import { ageColumn, integer, nameColumn, text, wide, type Column } from './column.ts';
import { podColumns } from './pod-columns.ts';

const none = '<none>';

function ports(object: ApiObject): string {
  const list = listAt(object, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort');
    const number = String(numberAt(port, 'port') ?? '');
    return `${node === undefined ? number : `${number}:${node}`}/${stringAt(port, 'protocol') ?? 'TCP'}`;
  });
  return list.length === 0 ? none : list.join(',');
}

function externalIp(object: ApiObject): string {
  const type = stringAt(object, 'spec', 'type');
  if (type === 'ExternalName') return stringAt(object, 'spec', 'externalName') ?? none;
  const ingress = listAt(object, 'status', 'loadBalancer', 'ingress').map(
    (each) => stringAt(each, 'ip') ?? stringAt(each, 'hostname') ?? '',
  );
  const external = [...ingress, ...listAt(object, 'spec', 'externalIPs').map(String)];
  if (external.length > 0) return external.join(',');
  return type === 'LoadBalancer' ? '<pending>' : none;
}

/** Labels as a selector. */
export function labelsText(labels: unknown): string {
  const entries = isJsonObject(labels) ? Object.entries(labels) : [];
  return entries.length === 0 ? none : entries.map(([key, value]) => `${key}=${String(value)}`).join(',');
}

function shortList(items: readonly string[], maximum: number, empty = none): string {
  if (items.length === 0) return empty;
  const more = items.length > maximum ? ` + ${items.length - maximum} more...` : '';
  return items.slice(0, maximum).join(',') + more;
}

function endpoints(object: ApiObject): string {
  const all = listAt(object, 'subsets').flatMap((subset) =>
    listAt(subset, 'addresses').flatMap((address) =>
      listAt(subset, 'ports').map((port) => `${stringAt(address, 'ip') ?? ''}:${numberAt(port, 'port') ?? ''}`),
    ),
  );
  return listAt(object, 'subsets').length === 0 ? none : all.length === 0 ? '' : shortList(all, 3);
}

function lastSeen(object: ApiObject, now: number): string {
  const time =
    stringAt(object, 'series', 'lastObservedTime') ??
    stringAt(object, 'lastTimestamp') ??
    stringAt(object, 'deprecatedLastTimestamp') ??
    firstSeen(object);
  return ageText(time, now);
}

function firstSeen(object: ApiObject): string | undefined {
  return stringAt(object, 'firstTimestamp') ?? stringAt(object, 'eventTime');
}

function eventObject(object: ApiObject): string {
  const about = objectAt(object, 'involvedObject', 'kind') === undefined ? {} : aboutOf(object);
  const kind = (stringAt(about, 'kind') ?? '').toLowerCase();
  const name = stringAt(about, 'name') ?? '';
  return kind === '' && name === '' ? '' : `${kind}/${name}`;
}

function aboutOf(object: ApiObject): unknown {
  return valueAt(object, 'involvedObject') ?? valueAt(object, 'regarding');
}

function eventCount(object: ApiObject): number {
  return numberAt(object, 'series', 'count') ?? numberAt(object, 'count') ?? numberAt(object, 'deprecatedCount') ?? 1;
}

function eventSource(object: ApiObject): string {
  const source = objectAt(object, 'source');
  const component =
    stringAt(source, 'component') ??
    stringAt(object, 'reportingComponent') ??
    stringAt(object, 'reportingController') ??
    '';
  const host = stringAt(source, 'host') ?? '';
  return host === '' ? component : `${component}, ${host}`;
}

function nodeStatus(object: ApiObject): string {
  const ready = listAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  const status = stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  const unknown = ready === undefined ? 'Unknown' : status;
  return valueAt(object, 'spec', 'unschedulable') === true ? `${unknown},SchedulingDisabled` : unknown;
}

function nodeRoles(object: ApiObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(object.metadata.labels ?? {}).filter((key) => key.startsWith(prefix));
  return roles.length === 0 ? none : roles.map((key) => key.slice(prefix.length)).join(',');
}

const nodeInfo = (field: string) => (object: ApiObject) => stringAt(object, 'status', 'nodeInfo', field) ?? '<unknown>';

const nodeAddress = (type: string) => (object: ApiObject) =>
  stringAt(
    listAt(object, 'status', 'addresses').find((each) => stringAt(each, 'type') === type),
    'address',
  ) ?? none;

/** Columns of the core group's kinds. */
export const coreColumns: Readonly<Record<string, readonly Column[]>> = {
  Pod: podColumns,
  Namespace: [nameColumn, text('Status', (object) => stringAt(object, 'status', 'phase')), ageColumn],
  Service: [
    nameColumn,
    text('Type', (object) => stringAt(object, 'spec', 'type')),
    text('Cluster-IP', (object) => stringAt(object, 'spec', 'clusterIP') ?? none),
    text('External-IP', externalIp),
    text('Port(s)', ports),
    ageColumn,
    wide(text('Selector', (object) => labelsText(valueAt(object, 'spec', 'selector')))),
  ],
  Endpoints: [nameColumn, text('Endpoints', endpoints), ageColumn],
  EndpointSlice: [
    nameColumn,
    text('AddressType', (object) => stringAt(object, 'addressType')),
    text('Ports', (object) =>
      shortList(
        listAt(object, 'ports').map((port) => String(numberAt(port, 'port') ?? '*')),
        3,
        '<unset>',
      ),
    ),
    text('Endpoints', (object) =>
      shortList(
        listAt(object, 'endpoints').flatMap((each) => listAt(each, 'addresses').map(String)),
        3,
        '<unset>',
      ),
    ),
    ageColumn,
  ],
  ConfigMap: [
    nameColumn,
    text('Data', (object) => Object.keys({ ...objectAt(object, 'data'), ...objectAt(object, 'binaryData') }).length),
    ageColumn,
  ],
  Secret: [
    nameColumn,
    text('Type', (object) => stringAt(object, 'type')),
    text('Data', (object) => Object.keys(objectAt(object, 'data')).length),
    ageColumn,
  ],
  ServiceAccount: [nameColumn, ageColumn],
  Event: [
    text('Last Seen', lastSeen),
    text('Type', (object) => stringAt(object, 'type') ?? ''),
    text('Reason', (object) => stringAt(object, 'reason') ?? ''),
    text('Object', eventObject),
    wide(text('Subobject', (object) => stringAt(aboutOf(object), 'fieldPath') ?? '')),
    wide(text('Source', eventSource)),
    text('Message', (object) => (stringAt(object, 'message') ?? stringAt(object, 'note') ?? '').trim()),
    wide(text('First Seen', (object, now) => ageText(firstSeen(object), now))),
    wide(text('Count', eventCount)),
    wide({ ...nameColumn, cell: (object) => object.metadata.name }),
  ],
  Node: [
    nameColumn,
    text('Status', nodeStatus),
    text('Roles', nodeRoles),
    ageColumn,
    text('Version', nodeInfo('kubeletVersion')),
    wide(text('Internal-IP', nodeAddress('InternalIP'))),
    wide(text('External-IP', nodeAddress('ExternalIP'))),
    wide(text('OS-Image', nodeInfo('osImage'))),
    wide(text('Kernel-Version', nodeInfo('kernelVersion'))),
    wide(text('Container-Runtime', nodeInfo('containerRuntimeVersion'))),
  ],
  Lease: [nameColumn, text('Holder', (object) => stringAt(object, 'spec', 'holderIdentity') ?? ''), ageColumn],
  PersistentVolumeClaim: [
    nameColumn,
    text('Status', (object) => stringAt(object, 'status', 'phase') ?? ''),
    text('Volume', (object) => stringAt(object, 'spec', 'volumeName') ?? ''),
    integer('Capacity', (object) => stringAt(object, 'status', 'capacity', 'storage') ?? ''),
    ageColumn,
  ],
};
