import type { UserInfo } from '../authn/user-info.ts';
import { forbidden } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import type { Authorizer } from './authorizer.ts';
import type { AccessAttributes } from './policy-rule.ts';

/** Throws a 403 when RBAC does not allow an access. */
export function authorize(authorizer: Authorizer, user: UserInfo, access: AccessAttributes): void {
  const { isAllowed, reason } = authorizer.authorize(user, access);
  if (!isAllowed) throw forbiddenAccess(user, access, reason);
}

/** The 403 of a request that RBAC does not allow, in the API server's words. */
function forbiddenAccess(user: UserInfo, access: AccessAttributes, reason: string): StatusError {
  const { verb, group, resource, subresource, namespace, name, path } = access;
  const suffix = reason === '' ? '' : `: ${reason}`;
  if (!access.isResource) {
    return new StatusError({
      code: 403,
      reason: 'Forbidden',
      message: `forbidden: User ${JSON.stringify(user.username)} cannot ${verb} path ${JSON.stringify(path)}${suffix}`,
      details: {},
    });
  }
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return forbidden(
    { group, resource },
    name,
    `User ${JSON.stringify(user.username)} cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}${suffix}`,
  );
}
