import { mustBeName, mustBeOneOf, mustBePort, mustDiffer, mustExist, mustReach } from './field-checks.ts';
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
  valueNotFound,
  type FieldError,
} from './field-error.ts';
import { eachIn, fieldIn, listIn, numberIn, objectIn, textIn } from './json-access.ts';
import { environmentNameProblems, labelNameProblems, portNameProblems } from './name-rules.ts';
import { compareQuantities } from './quantity.ts';
import type { Json } from './structural-schema.ts';

/** Rules of one container of a pod or template. */
export function containerErrors(container: Json, path: string, volumes: ReadonlySet<string>): readonly FieldError[] {
  const object = container;
  return [
    ...mustBeName({ object, key: 'name', path }, labelNameProblems),
    ...mustExist({ object, key: 'image', path }),
    ...mustBeOneOf({ object, key: 'imagePullPolicy', path }, ['Always', 'IfNotPresent', 'Never']),
    ...mustBeOneOf({ object, key: 'terminationMessagePolicy', path }, ['FallbackToLogsOnError', 'File']),
    ...eachIn(object, 'ports', { path, check: portErrorsOf }),
    ...mustDiffer({ object, key: 'ports', path }, 'name'),
    ...eachIn(object, 'env', { path, check: environmentErrors }),
    ...eachIn(object, 'volumeMounts', { path, check: (mount, at) => mountErrors(mount, at, volumes) }),
    ...mountPathErrors(object, path),
    ...resourceErrors(objectIn(object, 'resources'), `${path}.resources`),
    ...probes.flatMap((key) =>
      probeErrors(fieldIn(object, key), { path: `${path}.${key}`, once: key !== 'readinessProbe' }),
    ),
  ];
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];

function portErrorsOf(port: Json, path: string): readonly FieldError[] {
  const object = port;
  const name = textIn(port, 'name');
  return [
    ...(name === '' ? [] : portNameProblems(name).map((text) => invalidValue(`${path}.name`, name, text))),
    ...mustBePort({ object, key: 'containerPort', path }),
    ...mustBeOneOf({ object, key: 'protocol', path }, ['SCTP', 'TCP', 'UDP']),
  ];
}

function environmentErrors(variable: Json, path: string): readonly FieldError[] {
  const errors = mustBeName({ object: variable, key: 'name', path }, environmentNameProblems);
  const hasBoth = textIn(variable, 'value') !== '' && fieldIn(variable, 'valueFrom') !== undefined;
  if (!hasBoth) return errors;
  return [...errors, invalidValue(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty')];
}

function mountErrors(mount: Json, path: string, volumes: ReadonlySet<string>): readonly FieldError[] {
  const name = textIn(mount, 'name');
  if (name === '') return [requiredValue(`${path}.name`)];
  return [
    ...(volumes.has(name) ? [] : [valueNotFound(`${path}.name`, name)]),
    ...mustExist({ object: mount, key: 'mountPath', path }),
  ];
}

function mountPathErrors(container: Json, path: string): readonly FieldError[] {
  const seen = new Set<string>();
  return listIn(container, 'volumeMounts').flatMap((mount, index) => {
    const mountPath = textIn(mount, 'mountPath');
    if (!seen.has(mountPath)) {
      seen.add(mountPath);
      return [];
    }
    return [invalidValue(`${path}.volumeMounts[${index}].mountPath`, mountPath, 'must be unique')];
  });
}

function resourceErrors(resources: Json, path: string): readonly FieldError[] {
  const limits = objectIn(resources, 'limits');
  return Object.entries(objectIn(resources, 'requests')).flatMap(([name, request]) => {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined || request === undefined || compareQuantities(request, limit) <= 0) return [];
    return [
      invalidValue(
        `${path}.requests`,
        request,
        `must be less than or equal to ${name} limit of ${typeof limit === 'string' ? limit : JSON.stringify(limit)}`,
      ),
    ];
  });
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function probeErrors(probe: Json | undefined, { path, once }: { path: string; once: boolean }): readonly FieldError[] {
  if (probe === undefined || probe === null) return [];
  const chosen = handlers.filter((key) => fieldIn(probe, key) !== undefined);
  const errors = counts.flatMap((key) => mustReach({ object: probe, key, path }, 0));
  if (chosen.length === 0) errors.unshift(requiredValue(path, 'must specify a handler type'));
  errors.push(
    ...chosen.slice(1).map((key) => forbiddenValue(`${path}.${key}`, 'may not specify more than 1 handler type')),
  );
  const threshold = numberIn(probe, 'successThreshold') ?? 1;
  if (once && threshold > 1) errors.push(invalidValue(`${path}.successThreshold`, threshold, 'must be 1'));
  return errors;
}

/** Container names differ across a pod's ordinary and init containers. */
export function containerNameErrors(spec: Json, path: string): readonly FieldError[] {
  const seen = new Set<string>();
  return ['containers', 'initContainers'].flatMap((key) =>
    listIn(spec, key).flatMap((container, index) => {
      const name = textIn(container, 'name');
      const isDuplicate = name !== '' && seen.has(name);
      seen.add(name);
      return isDuplicate ? [duplicateValue(`${path}.${key}[${index}].name`, name)] : [];
    }),
  );
}
