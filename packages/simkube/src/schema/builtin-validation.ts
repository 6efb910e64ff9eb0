import { mustExist, mustReach } from './field-checks.ts';
import { invalidValue, requiredValue, tooLong, type FieldError } from './field-error.ts';
import { numberIn, objectIn, textIn } from './json-access.ts';
import { podSpecErrors } from './pod-validation.ts';
import { bindingErrors, roleErrors } from './rbac-validation.ts';
import { endpointSliceErrors, serviceErrors } from './service-validation.ts';
import { statusCounts, statusErrors } from './status-validation.ts';
import type { JsonObject } from './structural-schema.ts';
import { webhookConfigurationErrors } from './webhook-validation.ts';
import {
  daemonSetErrors,
  deploymentErrors,
  replicationControllerErrors,
  statefulSetErrors,
  workloadErrors,
} from './workload-validation.ts';

type Check = (object: JsonObject) => readonly FieldError[];

const checks: Readonly<Record<string, Check>> = {
  '/ConfigMap': configMapErrors,
  '/Event': (object) => eventErrors(object, 'involvedObject'),
  '/Pod': (object) => podSpecErrors(objectIn(object, 'spec'), 'spec', ['Always', 'Never', 'OnFailure']),
  '/Secret': (object) => [...dataErrors(object, ['data', 'stringData']), ...secretTypeErrors(object)],
  '/Service': serviceErrors,
  '/ReplicationController': (object) => [
    ...replicationControllerErrors(object),
    ...statusErrors(object, statusCounts.replicaSet),
  ],
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhookConfigurationErrors,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookConfigurationErrors,
  'apps/DaemonSet': (object) => [
    ...workloadErrors(object),
    ...daemonSetErrors(object),
    ...statusErrors(object, statusCounts.daemonSet),
  ],
  'apps/Deployment': (object) => [...deploymentErrors(object), ...statusErrors(object, statusCounts.deployment)],
  'apps/ReplicaSet': (object) => [...workloadErrors(object), ...statusErrors(object, statusCounts.replicaSet)],
  'apps/StatefulSet': (object) => [
    ...workloadErrors(object),
    ...statefulSetErrors(object),
    ...statusErrors(object, statusCounts.statefulSet),
  ],
  'autoscaling/HorizontalPodAutoscaler': autoscalerErrors,
  'coordination.k8s.io/Lease': leaseErrors,
  'discovery.k8s.io/EndpointSlice': endpointSliceErrors,
  'events.k8s.io/Event': newEventErrors,
  'rbac.authorization.k8s.io/ClusterRole': (object) => roleErrors(object, false),
  'rbac.authorization.k8s.io/ClusterRoleBinding': (object) => bindingErrors(object, false),
  'rbac.authorization.k8s.io/Role': (object) => roleErrors(object, true),
  'rbac.authorization.k8s.io/RoleBinding': (object) => bindingErrors(object, true),
};

/**
 * The rules that a real API server has in code for a built-in kind, as far as users and operators meet them. The
 * object has its defaults. Metadata, and what depends on the stored object, is not looked at.
 */
export function builtinErrors(
  kind: { readonly group: string; readonly kind: string },
  object: JsonObject,
): readonly FieldError[] {
  const key = `${kind.group}/${kind.kind}`;
  return Object.hasOwn(checks, key) ? (checks[key]?.(object) ?? []) : [];
}

/** `v1.Secret` and `v1.ConfigMap` hold at most this much, in bytes. */
const maxDataSize = 1024 * 1024;

function dataErrors(object: JsonObject, fields: readonly string[]): readonly FieldError[] {
  let size = 0;
  const errors = fields.flatMap((field) =>
    Object.entries(objectIn(object, field)).flatMap(([key, value]) => {
      size += typeof value === 'string' ? value.length : 0;
      if (/^[-._a-zA-Z0-9]+$/u.test(key) && key !== '.' && !key.startsWith('..')) return [];
      const rule =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
      return [invalidValue(`${field}[${key}]`, key, rule)];
    }),
  );
  return size > maxDataSize ? [...errors, tooLong('data', maxDataSize)] : errors;
}

function configMapErrors(object: JsonObject): readonly FieldError[] {
  const binary = objectIn(object, 'binaryData');
  const twice = Object.keys(objectIn(object, 'data')).filter((key) => Object.hasOwn(binary, key));
  const rule = 'duplicate of key present in binaryData';
  return [
    ...dataErrors(object, ['data', 'binaryData']),
    ...twice.map((key) => invalidValue(`data[${key}]`, key, rule)),
  ];
}

const requiredData = new Map<string, readonly string[]>([
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
]);

/** Each type that Kubernetes knows has keys of its own; of a user name and a password one is enough. */
function secretTypeErrors(secret: JsonObject): readonly FieldError[] {
  const data = objectIn(secret, 'data');
  const type = textIn(secret, 'type');
  const lacks = (key: string): boolean => !Object.hasOwn(data, key);
  if (type === 'kubernetes.io/basic-auth') {
    const keys = ['username', 'password'];
    return keys.every(lacks) ? keys.map((key) => requiredValue(`data[${key}]`)) : [];
  }
  return (requiredData.get(type) ?? []).filter(lacks).map((key) => requiredValue(`data[${key}]`));
}

function leaseErrors(lease: JsonObject): readonly FieldError[] {
  const spec = objectIn(lease, 'spec');
  const duration = numberIn(spec, 'leaseDurationSeconds');
  return [
    ...(duration !== undefined && duration <= 0
      ? [invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
      : []),
    ...mustReach({ object: spec, key: 'leaseTransitions', path: 'spec' }, 0),
  ];
}

function autoscalerErrors(autoscaler: JsonObject): readonly FieldError[] {
  const spec = objectIn(autoscaler, 'spec');
  const target = objectIn(spec, 'scaleTargetRef');
  const minimum = numberIn(spec, 'minReplicas');
  const maximum = numberIn(spec, 'maxReplicas') ?? 0;
  const errors: FieldError[] = [...mustReach({ object: spec, key: 'minReplicas', path: 'spec' }, 1)];
  if (maximum === 0) errors.push(requiredValue('spec.maxReplicas', 'must be set and greater than 0'));
  if (maximum < 0) errors.push(invalidValue('spec.maxReplicas', maximum, 'must be greater than or equal to 1'));
  if (minimum !== undefined && maximum < minimum) {
    errors.push(invalidValue('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`'));
  }
  const path = 'spec.scaleTargetRef';
  if (textIn(target, 'apiVersion') === '')
    errors.push(invalidValue(`${path}.apiVersion`, '', 'apiVersion must specify API group'));
  return [...errors, ...['kind', 'name'].flatMap((key) => mustExist({ object: target, key, path }))];
}

/** Events about objects without a namespace live in `default` or `kube-system`. */
function eventErrors(event: JsonObject, field: 'involvedObject' | 'regarding'): readonly FieldError[] {
  const namespace = textIn(objectIn(event, 'metadata'), 'namespace');
  const involved = textIn(objectIn(event, field), 'namespace');
  const fits = involved === '' ? ['default', 'kube-system', ''].includes(namespace) : involved === namespace;
  return fits ? [] : [invalidValue('involvedObject.namespace', involved, 'does not match event.namespace')];
}

function newEventErrors(event: JsonObject): readonly FieldError[] {
  const required = ['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason', 'type'];
  return [
    ...eventErrors(event, 'regarding'),
    ...required.flatMap((key) => mustExist({ object: event, key, path: '' })),
  ];
}
