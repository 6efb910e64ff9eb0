import { mustBeOneOf, mustExist } from './field-checks.ts';
import { forbiddenValue, invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { eachIn, listIn, objectIn, textIn } from './json-access.ts';
import type { Json, JsonObject } from './structural-schema.ts';

/** Rules of a Role or ClusterRole. */
export function roleErrors(role: JsonObject, isNamespaced: boolean): readonly FieldError[] {
  return eachIn(role, 'rules', { path: '', check: (rule, path) => policyErrors(rule, path, isNamespaced) });
}

function policyErrors(rule: Json, path: string, isNamespaced: boolean): readonly FieldError[] {
  const urls = listIn(rule, 'nonResourceURLs');
  const errors: FieldError[] = [
    ...mustExist({ object: rule, key: 'verbs', path }, 'verbs must contain at least one value'),
  ];
  if (urls.length > 0) {
    const at = `${path}.nonResourceURLs`;
    if (isNamespaced) return [...errors, invalidValue(at, urls, 'namespaced rules cannot apply to non-resource URLs')];
    const mixed = ['apiGroups', 'resources', 'resourceNames'].some((key) => listIn(rule, key).length > 0);
    return mixed
      ? [...errors, invalidValue(at, urls, 'rules cannot apply to both regular resources and non-resource URLs')]
      : errors;
  }
  if (listIn(rule, 'apiGroups').length === 0) {
    errors.push(requiredValue(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (listIn(rule, 'resources').length === 0) {
    errors.push(requiredValue(`${path}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** Rules of a RoleBinding or ClusterRoleBinding. */
export function bindingErrors(binding: JsonObject, isNamespaced: boolean): readonly FieldError[] {
  const role = objectIn(binding, 'roleRef');
  const group = textIn(role, 'apiGroup');
  const kinds = isNamespaced ? ['ClusterRole', 'Role'] : ['ClusterRole'];
  const kind = textIn(role, 'kind');
  return [
    ...(group === rbacGroup ? [] : [unsupportedValue('roleRef.apiGroup', group, [rbacGroup])]),
    ...(kinds.includes(kind) ? [] : [unsupportedValue('roleRef.kind', kind, kinds)]),
    ...mustExist({ object: role, key: 'name', path: 'roleRef' }),
    ...eachIn(binding, 'subjects', { path: '', check: (subject, path) => subjectErrors(subject, path, isNamespaced) }),
  ];
}

function subjectErrors(subject: Json, path: string, isNamespaced: boolean): readonly FieldError[] {
  const group = textIn(subject, 'apiGroup');
  const errors: FieldError[] = [...mustExist({ object: subject, key: 'name', path })];
  switch (textIn(subject, 'kind')) {
    case 'ServiceAccount':
      if (group !== '') errors.push(unsupportedValue(`${path}.apiGroup`, group, ['']));
      if (!isNamespaced && textIn(subject, 'namespace') === '') errors.push(requiredValue(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      if (group !== rbacGroup) errors.push(unsupportedValue(`${path}.apiGroup`, group, [rbacGroup]));
      if (textIn(subject, 'namespace') !== '') errors.push(forbiddenValue(`${path}.namespace`, 'may not be specified'));
      return errors;
    default:
      return [...errors, ...mustExist({ object: subject, key: 'kind', path }), ...subjectKindErrors(subject, path)];
  }
}

function subjectKindErrors(subject: Json, path: string): readonly FieldError[] {
  return mustBeOneOf({ object: subject, key: 'kind', path }, ['Group', 'ServiceAccount', 'User']);
}
