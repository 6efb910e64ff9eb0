import * as fc from 'fast-check';

/** Small alphabets, so that objects meet in the same fields. */
const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { noNullPrototype: true });

function some<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(value, { maxLength: 3 });
}

function byName<T extends { readonly name: string }>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(value, { selector: ({ name }) => name, maxLength: 4 });
}

const port = fc.record(
  { containerPort: fc.constantFrom(80, 81, 82), protocol: fc.constantFrom('TCP', 'UDP') },
  { requiredKeys: ['containerPort'] },
);
const container = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    image: fc.constantFrom('x', 'y'),
    ports: fc.uniqueArray(port, { selector: ({ containerPort }) => containerPort, maxLength: 3 }),
    env: byName(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('1', '2') })),
    args: some(fc.constantFrom('q', 'w')),
    resources: fc.record(
      { limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1', '2'), { noNullPrototype: true }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name'] },
);
const podSpec = fc.record(
  {
    containers: byName(container),
    nodeSelector: labels,
    tolerations: fc.constant([{ key: 'a' }]),
    securityContext: fc.constant({}),
  },
  { requiredKeys: [] },
);
const spec = fc.record(
  {
    replicas: fc.constantFrom(1, 2),
    paused: fc.boolean(),
    selector: fc.record({ matchLabels: labels }),
    strategy: fc.constantFrom({}, { type: 'Recreate' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }),
    template: fc.record({ metadata: fc.record({ labels }, { requiredKeys: [] }), spec: podSpec }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const owner = fc.record(
  {
    apiVersion: fc.constant('v1'),
    kind: fc.constant('K'),
    name: fc.constant('n'),
    uid: fc.constantFrom('u1', 'u2'),
    controller: fc.boolean(),
  },
  { requiredKeys: ['apiVersion', 'kind', 'name', 'uid'] },
);
const metadata = fc.record(
  {
    name: fc.constant('web'),
    namespace: fc.constant('demo'),
    labels,
    annotations: labels,
    finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b', 'x/c'), { maxLength: 3 }),
    ownerReferences: fc.uniqueArray(owner, { selector: ({ uid }) => uid, maxLength: 2 }),
  },
  { requiredKeys: ['name', 'namespace'] },
);

/** Deployments as people write them, with most fields left out. */
export const randomDeployment = fc
  .record({ metadata, spec }, { requiredKeys: ['metadata'] })
  .map((parts) => ({ apiVersion: 'apps/v1', kind: 'Deployment', ...parts }));
