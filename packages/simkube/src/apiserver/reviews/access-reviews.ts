import type { UserInfo } from '../authn/user-info.ts';
import {
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  withFields,
  withMetadata,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import type { AccessAttributes } from '../rbac/policy-rule.ts';

/** The access that a SubjectAccessReview or SelfSubjectAccessReview asks about. */
export function reviewedAccess(spec: JsonObject): AccessAttributes {
  const of = spec['resourceAttributes'];
  if (!isJsonObject(of)) {
    const path = objectAt(spec, 'nonResourceAttributes');
    return {
      verb: stringAt(path, 'verb') ?? '',
      isResource: false,
      group: '',
      resource: '',
      subresource: '',
      namespace: undefined,
      name: '',
      path: stringAt(path, 'path') ?? '',
    };
  }
  const namespace = stringAt(of, 'namespace') ?? '';
  return {
    verb: stringAt(of, 'verb') ?? '',
    isResource: true,
    group: stringAt(of, 'group') ?? '',
    resource: stringAt(of, 'resource') ?? '',
    subresource: stringAt(of, 'subresource') ?? '',
    namespace: namespace === '' ? undefined : namespace,
    name: stringAt(of, 'name') ?? '',
    path: '',
  };
}

/** The user that a SubjectAccessReview names. */
export function reviewedUser(spec: JsonObject): UserInfo {
  return {
    username: stringAt(spec, 'user') ?? '',
    groups: listAt(spec, 'groups').filter((group): group is string => typeof group === 'string'),
  };
}

/** A review with its answer. */
export function answerAccess(review: ApiObject, user: UserInfo, authorizer: Authorizer): ApiObject {
  const { isAllowed, reason } = authorizer.authorize(user, reviewedAccess(objectAt(review, 'spec')));
  return withFields(review, { status: { allowed: isAllowed, ...(reason === '' ? {} : { reason }) } });
}

/** A SelfSubjectRulesReview with its answer. */
export function answerRules(review: ApiObject, user: UserInfo, authorizer: Authorizer): ApiObject {
  const rules = authorizer.rulesFor(user, stringAt(review, 'spec', 'namespace') ?? '');
  // The answer is made anew, without what was asked.
  return withFields(withMetadata(review, { managedFields: undefined }), {
    spec: {},
    status: {
      resourceRules: rules.filter((rule) => listAt(rule, 'resources').length > 0),
      nonResourceRules: rules.filter((rule) => listAt(rule, 'nonResourceURLs').length > 0),
      incomplete: false,
    },
  });
}
