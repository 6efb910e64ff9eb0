import type { Authorizer } from '../rbac/authorizer.ts';
import { authorize } from '../rbac/forbidden-access.ts';
import type { AccessAttributes } from '../rbac/policy-rule.ts';
import { badRequest } from '../status/refusals.ts';
import { serviceAccountOf, type UserInfo } from './user-info.ts';

/**
 * The user that `Impersonate-*` headers ask for; the real user needs the verb `impersonate` on each of them. Several
 * groups arrive in one header, separated by commas, as HTTP joins repeated headers.
 */
export function impersonate(
  user: UserInfo,
  headers: Readonly<Record<string, string>>,
  authorizer: Authorizer,
): UserInfo {
  const username = headers['impersonate-user'];
  const groups = (headers['impersonate-group'] ?? '')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  if (username === undefined || username === '') {
    if (groups.length === 0) return user;
    throw badRequest('requested impersonation of groups without impersonating a user');
  }
  const account = serviceAccountOf(username);
  const who =
    account === undefined
      ? access('users', username)
      : { ...access('serviceaccounts', account.name), namespace: account.namespace };
  for (const each of [who, ...groups.map((group) => access('groups', group))]) {
    authorize(authorizer, user, each);
  }
  return { username, groups: impersonatedGroups(username, groups) };
}

function access(resource: string, name: string): AccessAttributes {
  return {
    verb: 'impersonate',
    isResource: true,
    group: '',
    resource,
    subresource: '',
    namespace: undefined,
    name,
    path: '',
  };
}

function impersonatedGroups(username: string, groups: readonly string[]): readonly string[] {
  if (username === 'system:anonymous') return ['system:unauthenticated'];
  const account = serviceAccountOf(username);
  const own =
    account === undefined || groups.length > 0
      ? groups
      : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  return [...new Set([...own, 'system:authenticated'])];
}
