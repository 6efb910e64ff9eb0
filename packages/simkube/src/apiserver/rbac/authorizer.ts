import { serviceAccountOf, type UserInfo } from '../authn/user-info.ts';
import { isJsonObject, listAt, stringAt, type ApiObject, type JsonObject } from '../object/api-object.ts';
import { keyOfNames, type ResourceStore } from '../storage/resource-store.ts';
import type { Storage } from '../storage/storage.ts';
import { ruleAllows, rulesOf, type AccessAttributes } from './policy-rule.ts';

/** Where a set of rules holds. */
interface Grant {
  /** Undefined: everywhere. */
  readonly namespace: string | undefined;
  readonly subjects: readonly JsonObject[];
  readonly roleRef: JsonObject;
  readonly bindingText: string;
}

/** The answer to one question of access. */
export interface Decision {
  readonly isAllowed: boolean;
  readonly reason: string;
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** Evaluates RBAC from the stored Roles, ClusterRoles and their bindings. Members of system:masters may do anything. */
export class Authorizer {
  readonly #roles: ResourceStore;
  readonly #clusterRoles: ResourceStore;
  readonly #bindings: ResourceStore;
  readonly #clusterBindings: ResourceStore;
  #grants: readonly Grant[] = [];
  #grantsAt = '';

  constructor(storage: Storage) {
    this.#roles = storage.store(`roles.${rbacGroup}`);
    this.#clusterRoles = storage.store(`clusterroles.${rbacGroup}`);
    this.#bindings = storage.store(`rolebindings.${rbacGroup}`);
    this.#clusterBindings = storage.store(`clusterrolebindings.${rbacGroup}`);
  }

  authorize(user: UserInfo, access: AccessAttributes): Decision {
    if (user.groups.includes('system:masters')) return { isAllowed: true, reason: '' };
    const missing: string[] = [];
    for (const grant of this.#grantsFor(user, access.namespace)) {
      const role = this.#roleOf(grant);
      if (role === undefined) missing.push(missingText(grant));
      else if (rulesOf(role).some((rule) => ruleAllows(rule, access))) {
        return {
          isAllowed: true,
          reason: `RBAC: allowed by ${grant.bindingText} of ${roleText(grant)} to ${userText(user)}`,
        };
      }
    }
    return { isAllowed: false, reason: missing.length === 0 ? '' : `RBAC: ${missing.join(', ')}` };
  }

  /** Every rule that holds for a user in a namespace. */
  rulesFor(user: UserInfo, namespace: string): readonly JsonObject[] {
    if (user.groups.includes('system:masters')) {
      return [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ];
    }
    return this.#grantsFor(user, namespace).flatMap((grant) => rulesOf(this.#roleOf(grant)));
  }

  #grantsFor(user: UserInfo, namespace: string | undefined): readonly Grant[] {
    return this.#allGrants().filter(
      (grant) =>
        (grant.namespace === undefined || grant.namespace === namespace) &&
        grant.subjects.some((subject) => isSubject(subject, user, grant.namespace)),
    );
  }

  /** Bindings change seldom; they are read again only when their stores have changed. */
  #allGrants(): readonly Grant[] {
    const now = `${this.#bindings.endSequence}/${this.#clusterBindings.endSequence}`;
    if (now !== this.#grantsAt) {
      this.#grantsAt = now;
      this.#grants = [...this.#clusterBindings.list(), ...this.#bindings.list()].map(grantOf);
    }
    return this.#grants;
  }

  #roleOf({ roleRef, namespace }: Grant): ApiObject | undefined {
    const name = stringAt(roleRef, 'name') ?? '';
    return roleRef['kind'] === 'ClusterRole'
      ? this.#clusterRoles.get(name)
      : this.#roles.get(keyOfNames(namespace, name));
  }
}

function grantOf(binding: ApiObject): Grant {
  const { name, namespace } = binding.metadata;
  const roleRef = binding['roleRef'];
  return {
    namespace,
    subjects: listAt(binding, 'subjects').filter(isJsonObject),
    roleRef: isJsonObject(roleRef) ? roleRef : {},
    bindingText: `${binding.kind} "${namespace === undefined ? name : `${name}/${namespace}`}"`,
  };
}

function isSubject(subject: JsonObject, user: UserInfo, namespace: string | undefined): boolean {
  const name = stringAt(subject, 'name') ?? '';
  switch (subject['kind']) {
    case 'User':
      return name === '*' || name === user.username;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const account = serviceAccountOf(user.username);
      return account?.name === name && account.namespace === (stringAt(subject, 'namespace') ?? namespace);
    }
    default:
      return false;
  }
}

function roleText({ roleRef }: Grant): string {
  return `${stringAt(roleRef, 'kind') ?? ''} "${stringAt(roleRef, 'name') ?? ''}"`;
}

function missingText({ roleRef }: Grant): string {
  const kind = (stringAt(roleRef, 'kind') ?? '').toLowerCase();
  return `${kind}.${rbacGroup} "${stringAt(roleRef, 'name') ?? ''}" not found`;
}

function userText(user: UserInfo): string {
  return `User "${user.username}"`;
}
