import { describe, expect, it } from 'vitest';

import { builtinKinds } from './builtin-kinds.ts';
import { builtinErrors } from './builtin-validation.ts';
import { decodeError } from './decode-error.ts';
import { fieldErrorText } from './field-error.ts';
import type { JsonObject } from './structural-schema.ts';

function errors(kind: string, object: JsonObject): readonly string[] {
  const [group = '', name = ''] = kind.includes('/') ? kind.split('/') : ['', kind];
  return builtinErrors({ group, kind: name }, object).map(fieldErrorText);
}

const good: JsonObject = { name: 'app', image: 'nginx' };
const pod = (container: JsonObject, spec: JsonObject = {}): JsonObject => ({
  spec: { containers: [{ ...good, ...container }], ...spec },
});
const deployment = (spec: JsonObject): JsonObject => ({
  spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, ...pod({}) }, ...spec },
});
const at = 'spec.containers[0]';

describe('builtinErrors', () => {
  it.each([
    ['no containers', { spec: {} }, 'spec.containers: Required value'],
    ['no image', pod({ image: '' }), `${at}.image: Required value`],
    ['a bad name', pod({ name: 'App' }), `${at}.name: Invalid value: "App": a lowercase RFC 1123 label`],
    [
      'a pull policy',
      pod({ imagePullPolicy: 'Sometimes' }),
      `${at}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
    ],
    [
      'a port out of range',
      pod({ ports: [{ containerPort: 70000 }] }),
      `${at}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    ['a missing port', pod({ ports: [{ name: 'http' }] }), `${at}.ports[0].containerPort: Required value`],
    [
      'two ports of one name',
      pod({
        ports: [
          { name: 'h', containerPort: 1 },
          { name: 'h', containerPort: 2 },
        ],
      }),
      `${at}.ports[1].name: Duplicate value: "h"`,
    ],
    ['an env variable without a name', pod({ env: [{ value: 'x' }] }), `${at}.env[0].name: Required value`],
    [
      'a mount of no volume',
      pod({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      `${at}.volumeMounts[0].name: Not found: "v"`,
    ],
    [
      'a request above its limit',
      pod({ resources: { requests: { memory: '1Gi' }, limits: { memory: '512Mi' } } }),
      `${at}.resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 512Mi`,
    ],
    [
      'a probe without a handler',
      pod({ livenessProbe: { periodSeconds: 1 } }),
      `${at}.livenessProbe: Required value: must specify a handler type`,
    ],
    [
      'two containers of one name',
      { spec: { containers: [good, good] } },
      'spec.containers[1].name: Duplicate value: "app"',
    ],
    [
      'a restart policy',
      pod({}, { restartPolicy: 'Maybe' }),
      'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "Never", "OnFailure"',
    ],
    [
      'a volume without a source',
      pod({}, { volumes: [{ name: 'v' }] }),
      'spec.volumes[0]: Required value: must specify a volume type',
    ],
  ] as [string, JsonObject, string][])('refuses a pod with %s', (_, object, expected) => {
    expect(errors('Pod', object)[0]).toContain(expected);
  });

  it.each([
    [
      'apps/Deployment',
      deployment({ replicas: -1 }),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'apps/Deployment',
      deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      'apps/Deployment',
      deployment({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
      'may not be 0 when `maxSurge` is 0',
    ],
    [
      'apps/Deployment',
      deployment({ progressDeadlineSeconds: 5, minReadySeconds: 10 }),
      'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
    ],
    [
      'apps/Deployment',
      deployment({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
    [
      'apps/Deployment',
      deployment({ template: { metadata: { labels: { 'a b': 'c' } }, ...pod({}) } }),
      'spec.template.labels: Invalid value: "a b": name part must consist of',
    ],
    [
      'apps/Deployment',
      deployment({ template: pod({}, { restartPolicy: 'Never' }) }),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    ['Service', { spec: {} }, 'spec.ports: Required value'],
    ['Service', { spec: { ports: [{ port: 1, name: 'a' }, { port: 2 }] } }, 'spec.ports[1].name: Required value'],
    [
      'coordination.k8s.io/Lease',
      { spec: { leaseDurationSeconds: 0 } },
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    ],
    [
      'autoscaling/HorizontalPodAutoscaler',
      { spec: { minReplicas: 3, maxReplicas: 2, scaleTargetRef: { kind: 'A', name: 'b' } } },
      'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
    ],
    [
      'rbac.authorization.k8s.io/Role',
      { rules: [{ verbs: ['get'], resources: ['pods'] }] },
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    ],
    [
      'rbac.authorization.k8s.io/RoleBinding',
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [{ kind: 'User', name: 'u' }],
      },
      'subjects[0].apiGroup: Unsupported value: "": supported values: "rbac.authorization.k8s.io"',
    ],
    [
      'discovery.k8s.io/EndpointSlice',
      { addressType: 'IPv4', endpoints: [{ addresses: ['127.0.0.1'] }] },
      'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range',
    ],
    ['ConfigMap', { data: { 'a b': 'x' } }, 'data[a b]: Invalid value: "a b": a valid config key must consist of'],
    [
      'Event',
      { metadata: { namespace: 'a' }, involvedObject: { namespace: 'b' } },
      'involvedObject.namespace: Invalid value: "b": does not match event.namespace',
    ],
    [
      'events.k8s.io/Event',
      { metadata: { namespace: 'a' }, regarding: { namespace: 'a' } },
      'eventTime: Required value',
    ],
  ] as [string, JsonObject, string][])('refuses a %s (%#)', (kind, object, expected) => {
    expect(errors(kind, object).join('\n')).toContain(expected);
  });

  it('takes a plain Deployment and a kind that it has no rules for', () => {
    expect(errors('apps/Deployment', deployment({ replicas: 1 }))).toEqual([]);
    expect(errors('example.com/Thing', {})).toEqual([]);
  });
});

describe('decodeError', () => {
  const schemaOf = (kind: string) => builtinKinds().find((each) => each.kind === kind)?.schema ?? {};

  it.each([
    [
      'Deployment',
      { spec: { replicas: 'x' } },
      'json: cannot unmarshal string into Go struct field spec.replicas of type int32',
    ],
    ['Deployment', { spec: { replicas: 1.5 } }, 'of type int32'],
    [
      'Pod',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field spec.containers of type []',
    ],
    [
      'Pod',
      { spec: { containers: [{ resources: { limits: { cpu: 'much' } } }] } },
      'quantities must match the regular expression',
    ],
    ['Secret', { data: { a: '???' } }, 'illegal base64 data at input byte 0'],
    [
      'Lease',
      { spec: { renewTime: '2026-01-01T00:00:00.123Z' } },
      'parsing time "2026-01-01T00:00:00.123Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse ".123Z" as ".000000"',
    ],
    ['Lease', { spec: { renewTime: '2026-01-01T00:00:00.123456789Z' } }, 'cannot parse "789Z" as "Z07:00"'],
    ['ConfigMap', { metadata: { creationTimestamp: 'yesterday' } }, 'parsing time "yesterday"'],
  ] as [string, JsonObject, string][])('refuses a %s (%#)', (kind, object, expected) => {
    expect(decodeError(schemaOf(kind), object)).toContain(expected);
  });

  it.each([
    ['Lease', { spec: { renewTime: '2026-01-01T00:00:00.123456Z' } }],
    [
      'Service',
      {
        spec: {
          ports: [
            { port: 80, targetPort: 'http' },
            { port: 81, targetPort: 8081 },
          ],
        },
      },
    ],
    ['Pod', { spec: { containers: [{ resources: { limits: { cpu: 1, memory: '1.5Gi' } } }] } }],
  ] as [string, JsonObject][])('takes a %s (%#)', (kind, object) => {
    expect(decodeError(schemaOf(kind), object)).toBeUndefined();
  });
});
