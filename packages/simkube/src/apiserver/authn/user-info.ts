/** Who makes a request, as authentication found out. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The cluster's administrator: a member of system:masters, whom no rule can restrict. */
export const adminUser: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** Who a request without credentials comes from. */
export const anonymousUser: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user that a ServiceAccount's tokens stand for. */
export function serviceAccountUser(namespace: string, name: string, uid?: string): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** Namespace and name of the ServiceAccount that a user name stands for; undefined for other users. */
export function serviceAccountOf(username: string): { readonly namespace: string; readonly name: string } | undefined {
  const match = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/u.exec(username);
  const { namespace, name } = match?.groups ?? {};
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
