import { containerErrors, containerNameErrors } from './container-validation.ts';
import { mustBeName, mustBeOneOf, mustDiffer, mustExist, mustReach } from './field-checks.ts';
import { forbiddenValue, invalidValue, requiredValue, type FieldError } from './field-error.ts';
import { eachIn, listIn, objectIn, textIn } from './json-access.ts';
import { labelNameProblems, subdomainProblems } from './name-rules.ts';
import { labelErrors } from './selector-validation.ts';
import type { Json } from './structural-schema.ts';

/** Rules of a pod's spec. */
export function podSpecErrors(spec: Json, path: string, restartPolicies: readonly string[]): readonly FieldError[] {
  const volumes = new Set(listIn(spec, 'volumes').map((volume) => textIn(volume, 'name')));
  const check = (container: Json, at: string): readonly FieldError[] => containerErrors(container, at, volumes);
  const object = spec;
  return [
    ...eachIn(object, 'volumes', { path, check: volumeErrors }),
    ...mustDiffer({ object, key: 'volumes', path }, 'name'),
    ...mustExist({ object, key: 'containers', path }),
    ...eachIn(object, 'containers', { path, check }),
    ...eachIn(object, 'initContainers', { path, check }),
    ...containerNameErrors(object, path),
    ...mustBeOneOf({ object, key: 'restartPolicy', path }, restartPolicies),
    ...mustBeOneOf({ object, key: 'dnsPolicy', path }, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']),
    ...accountErrors(object, path),
    ...mustReach({ object, key: 'activeDeadlineSeconds', path }, 1),
    ...labelErrors(objectIn(object, 'nodeSelector'), `${path}.nodeSelector`),
  ];
}

function accountErrors(spec: Json, path: string): readonly FieldError[] {
  const account = textIn(spec, 'serviceAccountName');
  if (account === '') return [];
  return subdomainProblems(account).map((text) => invalidValue(`${path}.serviceAccountName`, account, text));
}

/** In which order Go looks at the sources: the first that is there is the one that may be. */
const volumeOrder = [
  'emptyDir',
  'hostPath',
  'secret',
  'nfs',
  'persistentVolumeClaim',
  'downwardAPI',
  'configMap',
  'projected',
];

function volumeErrors(volume: Json, path: string): readonly FieldError[] {
  const rank = (key: string): number => (volumeOrder.includes(key) ? volumeOrder.indexOf(key) : volumeOrder.length);
  const sources = Object.keys(objectIn({ volume }, 'volume'))
    .filter((key) => key !== 'name')
    .toSorted((left, right) => rank(left) - rank(right));
  return [
    ...mustBeName({ object: volume, key: 'name', path }, labelNameProblems),
    ...(sources.length === 0 ? [requiredValue(path, 'must specify a volume type')] : []),
    ...sources.slice(1).map((key) => forbiddenValue(`${path}.${key}`, 'may not specify more than 1 volume type')),
  ];
}

/** Rules of the pod template of a workload, whose pods must restart for ever unless told otherwise. */
export function podTemplateErrors(template: Json, path: string, restartPolicies = ['Always']): readonly FieldError[] {
  return [
    ...labelErrors(objectIn(objectIn(template, 'metadata'), 'labels'), `${path}.labels`),
    ...podSpecErrors(objectIn(template, 'spec'), `${path}.spec`, restartPolicies),
  ];
}
