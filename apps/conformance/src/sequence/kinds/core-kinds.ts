import { field, type KindPool } from './kind-pool.ts';

const core = { group: '', version: 'v1', isNamespaced: true } as const;

/** Kinds of the core group that hold data. */
export const dataKinds: readonly KindPool[] = [
  {
    ...core,
    kind: 'ConfigMap',
    plural: 'configmaps',
    isCollected: true,
    base: { data: { a: '1' } },
    fields: [
      field('data.a', ['1', '2', '', 'text with spaces'], [7, true, { x: 'y' }]),
      field('data.b', ['x', 'y'], [null]),
      field('data.a key', [], ['1']),
      field('binaryData.c', ['AAEC', ''], ['not base64!']),
      field('binaryData.a', [], ['AAEC']),
      field('immutable', [true, false], ['yes']),
      field('bogus', [], ['unknown']),
    ],
  },
  {
    ...core,
    kind: 'Secret',
    plural: 'secrets',
    isCollected: true,
    base: { stringData: { a: 'secret' } },
    fields: [
      field('data.a', ['MQ==', 'Mg==', ''], ['1', 5]),
      field('data.b', ['eA==']),
      field('stringData.b', ['plain', ''], [1]),
      field(
        'type',
        ['Opaque', 'example.com/own'],
        ['kubernetes.io/tls', 'kubernetes.io/basic-auth', 'kubernetes.io/dockerconfigjson'],
      ),
      field('immutable', [true, false], [1]),
      field('extra', [], [{ unknown: true }]),
    ],
    selectors: ['type=Opaque', 'type!=Opaque', 'data=1'],
  },
  {
    ...core,
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    base: {},
    fields: [
      field('automountServiceAccountToken', [true, false], ['no']),
      field('imagePullSecrets', [[{ name: 'pull' }], []], [[{ name: 3 }], 'pull']),
      field('secrets', [[{ name: 'token' }]]),
    ],
  },
  {
    ...core,
    kind: 'Event',
    plural: 'events',
    base: {
      involvedObject: { kind: 'Pod', name: 'a', namespace: '{{ns}}' },
      reason: 'Testing',
      message: 'a message',
      type: 'Normal',
    },
    fields: [
      field('reason', ['Testing', 'Other', '']),
      field('type', ['Normal', 'Warning', 'Strange']),
      field('count', [1, 2], ['many']),
      field('message', ['a message', ' padded ']),
      field('involvedObject.namespace', ['{{ns}}'], ['elsewhere']),
      field('source.component', ['kubelet']),
      field('eventTime', [], ['2020-01-01T00:00:00Z', 'now']),
      field('firstTimestamp', ['2020-01-01T00:00:00Z'], ['yesterday']),
    ],
    selectors: ['reason=Testing', 'type=Warning', 'involvedObject.name=a', 'involvedObject.kind!=Pod', 'message=x'],
  },
  {
    ...core,
    kind: 'Endpoints',
    plural: 'endpoints',
    base: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] },
    fields: [
      field('subsets', [
        [{ addresses: [{ ip: '10.1.2.4', hostname: 'h' }], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }],
        [{ notReadyAddresses: [{ ip: '10.1.2.5' }], ports: [{ port: 1 }] }],
        [],
      ]),
    ],
  },
];

/** Services. */
export const serviceKinds: readonly KindPool[] = [
  {
    ...core,
    kind: 'Service',
    plural: 'services',
    base: { spec: { ports: [{ port: 80 }] } },
    fields: [
      field(
        'spec.ports',
        [
          [{ port: 80, targetPort: 8080 }],
          [
            { port: 80, name: 'http' },
            { port: 443, name: 'https', targetPort: 'tls' },
          ],
          [{ port: 53, protocol: 'UDP' }],
        ],
        [
          [],
          [{ port: 0 }],
          [{ port: 70000 }],
          [{ port: 80 }, { port: 81 }],
          [
            { port: 80, name: 'a' },
            { port: 81, name: 'a' },
          ],
          [{ port: 80, name: 'Upper_Case' }],
          [{ port: 80, protocol: 'HTTP' }],
          [{ port: 80, targetPort: 'way-too-long-a-name-for-a-port' }],
          [{ port: 80, targetPort: 0 }],
          'ports',
        ],
      ),
      field(
        'spec.selector',
        [{ app: 'a' }, { app: 'b', tier: 'web' }],
        [{ 'bad key!': 'x' }, { app: 'bad value!' }, { app: 1 }],
      ),
      field('spec.type', ['ClusterIP', 'NodePort', 'LoadBalancer'], ['Other', 'clusterip']),
      field('spec.clusterIP', ['None']),
      field('spec.sessionAffinity', ['None', 'ClientIP'], ['Sticky']),
      field('spec.publishNotReadyAddresses', [true, false]),
      field('spec.bogus', [], [1]),
    ],
    selectors: ['spec.type=NodePort', 'spec.clusterIP=None', 'spec.sessionAffinity=None'],
    faultyNames: ['1starts-with-digit', 'has.dots'],
  },
];
