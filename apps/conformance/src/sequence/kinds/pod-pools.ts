import { field, type FieldPool } from './kind-pool.ts';
import type { Json } from '../operation.ts';

const main = { name: 'main', image: 'registry.example.com/app:v1' };

/** Containers that are accepted. */
const sound: readonly Json[] = [
  [main],
  [{ ...main, image: 'registry.example.com/app:v2' }],
  [
    { ...main, image: 'app' },
    { name: 'side', image: 'side:latest' },
  ],
  [{ ...main, ports: [{ containerPort: 8080, name: 'http' }], env: [{ name: 'A', value: '1' }] }],
  [{ ...main, resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '0.5', memory: '128Mi' } } }],
  [{ ...main, readinessProbe: { httpGet: { port: 8080 } }, livenessProbe: { tcpSocket: { port: 'http' } } }],
  [{ ...main, imagePullPolicy: 'Always', command: ['run'], args: ['--fast'] }],
  [{ ...main, env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }],
];

/** Containers that are refused, or cannot be read. */
const faulty: readonly Json[] = [
  [],
  [{ name: 'main' }],
  [{ image: 'app' }],
  [{ ...main, name: 'Upper' }],
  [main, main],
  [{ ...main, ports: [{ containerPort: 0 }] }],
  [{ ...main, ports: [{ containerPort: 70000 }] }],
  [{ ...main, ports: [{ containerPort: 80, protocol: 'ICMP' }] }],
  [{ ...main, env: [{ name: '' }] }],
  [{ ...main, env: [{ name: 'A=B', value: '1' }] }],
  [{ ...main, imagePullPolicy: 'Sometimes' }],
  [{ ...main, resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }],
  [{ ...main, resources: { requests: { cpu: 'lots' } } }],
  [{ ...main, readinessProbe: {} }],
  [{ ...main, readinessProbe: { httpGet: { port: 80 }, periodSeconds: -1 } }],
  [{ ...main, volumeMounts: [{ name: 'absent', mountPath: '/x' }] }],
  'containers',
  [{ ...main, bogus: true }],
];

/** A container that is accepted. */
export const mainContainer: Json = main;

/** Fields of a pod's spec, below `prefix`. */
export function podFields(prefix: string): readonly FieldPool[] {
  return [
    field(`${prefix}.containers`, sound, faulty),
    field(`${prefix}.terminationGracePeriodSeconds`, [10, 30, 0], [-1, 'soon']),
    field(`${prefix}.nodeSelector`, [{ disk: 'ssd' }], [{ 'bad key!': 'x' }]),
    ...(prefix === 'spec' ? [] : [field(`${prefix}.serviceAccountName`, ['default'], ['Not_Valid'])]),
    field(
      `${prefix}.volumes`,
      [[{ name: 'v', emptyDir: {} }], [{ name: 'v', configMap: { name: 'a' } }]],
      [
        [{ emptyDir: {} }],
        [
          { name: 'v', emptyDir: {} },
          { name: 'v', emptyDir: {} },
        ],
      ],
    ),
    field(`${prefix}.dnsPolicy`, ['Default', 'ClusterFirst'], ['Sometimes']),
    field(`${prefix}.hostNetwork`, [false], ['x']),
    field(`${prefix}.tolerations`, [[{ key: 'a', operator: 'Exists' }]]),
  ];
}
