import { listAt, numberAt, stringAt, valueAt, type ApiObject } from '../object/api-object.ts';
import { selectorText } from '../selector/selector-text.ts';
import { ageColumn, createdAtColumn, integer, nameColumn, text, wide, type Cell, type Column } from './column.ts';

function subjects(kind: string) {
  return (object: ApiObject): string =>
    listAt(object, 'subjects')
      .filter((subject) => stringAt(subject, 'kind') === kind)
      .map((subject) => {
        const namespace = stringAt(subject, 'namespace');
        const name = stringAt(subject, 'name') ?? '';
        return kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name;
      })
      .join(', ');
}

const binding: readonly Column[] = [
  nameColumn,
  text('Role', (object) => `${stringAt(object, 'roleRef', 'kind') ?? ''}/${stringAt(object, 'roleRef', 'name') ?? ''}`),
  ageColumn,
  wide(text('Users', subjects('User'))),
  wide(text('Groups', subjects('Group'))),
  wide(text('ServiceAccounts', subjects('ServiceAccount'))),
];

const orNotAvailable = (value: unknown): Cell =>
  typeof value === 'string' || typeof value === 'number' ? value : 'N/A';

function ingressAddress(object: ApiObject): string {
  return listAt(object, 'status', 'loadBalancer', 'ingress')
    .map((each) => stringAt(each, 'ip') ?? stringAt(each, 'hostname') ?? '')
    .join(',');
}

const webhookConfiguration: readonly Column[] = [
  nameColumn,
  integer('Webhooks', (object) => listAt(object, 'webhooks').length),
  ageColumn,
];

/** Columns of RBAC, networking, policy and webhooks. */
export const policyColumns: Readonly<Record<string, readonly Column[]>> = {
  MutatingWebhookConfiguration: webhookConfiguration,
  ValidatingWebhookConfiguration: webhookConfiguration,
  Role: [nameColumn, createdAtColumn],
  ClusterRole: [nameColumn, createdAtColumn],
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  Ingress: [
    nameColumn,
    text('Class', (object) => stringAt(object, 'spec', 'ingressClassName') ?? '<none>'),
    text('Hosts', (object) => {
      const hosts = listAt(object, 'spec', 'rules').map((rule) => stringAt(rule, 'host') ?? '*');
      return hosts.length === 0 ? '*' : hosts.join(',');
    }),
    text('Address', ingressAddress),
    text('Ports', (object) => (listAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  NetworkPolicy: [
    nameColumn,
    text('Pod-Selector', (object) => selectorText(valueAt(object, 'spec', 'podSelector')) || '<none>'),
    ageColumn,
  ],
  PodDisruptionBudget: [
    nameColumn,
    text('Min Available', (object) => orNotAvailable(valueAt(object, 'spec', 'minAvailable'))),
    text('Max Unavailable', (object) => orNotAvailable(valueAt(object, 'spec', 'maxUnavailable'))),
    text('Allowed Disruptions', (object) => numberAt(object, 'status', 'disruptionsAllowed') ?? 0),
    ageColumn,
  ],
};
