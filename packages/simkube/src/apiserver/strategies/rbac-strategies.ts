import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import type { Json } from '../../schema/structural-schema.ts';
import type { ApiObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillEach, fillIn } from './fill.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

function roleRefErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  return previous === undefined || deepEqual(object['roleRef'], previous['roleRef'])
    ? []
    : [invalidValue('roleRef', object['roleRef'] as Json | undefined, 'cannot change roleRef')];
}

const binding: Strategy = {
  nameRule: 'path',
  defaults: (object) =>
    fillIn(
      fillEach(object, 'subjects', (subject) =>
        subject['kind'] === 'ServiceAccount' ? subject : fill(subject, { apiGroup: rbacGroup }),
      ),
      'roleRef',
      (reference) => fill(reference, { apiGroup: rbacGroup }),
    ),
  validate: roleRefErrors,
  createsOnUpdate: true,
};

const role: Strategy = { nameRule: 'path', createsOnUpdate: true };

/** Roles, whose names may be anything that fits in a URL, and bindings, whose role never changes. */
export const rbacStrategies: Readonly<Record<string, Strategy>> = {
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
};
