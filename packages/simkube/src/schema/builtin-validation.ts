import { mustExist, mustReach } from './field-checks.ts';
import { invalidValue, tooLong, type FieldError } from './field-error.ts';
import { numberIn, objectIn, textIn } from './json-access.ts';
import { podSpecErrors } from './pod-validation.ts';
import { bindingErrors, roleErrors } from './rbac-validation.ts';
import { endpointSliceErrors, serviceErrors } from './service-validation.ts';
import type { JsonObject } from './structural-schema.ts';
import { deploymentErrors, workloadErrors } from './workload-validation.ts';

type Check = (object: JsonObject) => readonly FieldError[];

const checks: Readonly<Record<string, Check>> = {
  '/ConfigMap': (object) => dataErrors(object, ['data', 'binaryData']),
  '/Event': (object) => eventErrors(object, 'involvedObject'),
  '/Pod': (object) => podSpecErrors(objectIn(object, 'spec'), 'spec', ['Always', 'Never', 'OnFailure']),
  '/Secret': (object) => dataErrors(object, ['data', 'stringData']),
  '/Service': serviceErrors,
  'apps/DaemonSet': workloadErrors,
  'apps/Deployment': deploymentErrors,
  'apps/ReplicaSet': workloadErrors,
  'apps/StatefulSet': workloadErrors,
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
  if (maximum < 1) errors.push(invalidValue('spec.maxReplicas', maximum, 'must be greater than 0'));
  if (minimum !== undefined && maximum < minimum) {
    errors.push(invalidValue('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`'));
  }
  const path = 'spec.scaleTargetRef';
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
