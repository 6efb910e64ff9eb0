/** What RBAC calls a verb, as far as operators need them. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What an informer asks for: `list` where the server has no streaming lists. */
export const watchedVerbs: readonly Verb[] = ['list', 'watch'];
/** What making and changing a child asks for. `get` is the read before fields of a POST are taken over by apply. */
export const ownedVerbs: readonly Verb[] = [...watchedVerbs, 'get', 'create', 'patch'];

/** One thing that the code does to one resource: what RBAC rules are made from. */
export interface Permission {
  /** A `ResourceKind` will do. The group of the core API is empty. */
  readonly resource: { readonly group: string; readonly plural: string };
  /** `status`, `scale` or `finalizers`. */
  readonly subresource?: string;
  readonly verbs: readonly Verb[];
  /**
   * Only the objects of these names. RBAC can't narrow `create`; `list` and `watch` are allowed where the request has
   * the field selector `metadata.name=NAME`, as an informer of that scope sends it.
   */
  readonly names?: readonly string[];
}

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly Verb[];
}

/**
 * The rules that grant exactly these permissions: verbs in RBAC's usual order, resources of one group that need the
 * same verbs in one rule. Throws for a permission that RBAC can't express.
 */
export function policyRules(permissions: readonly Permission[]): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const permission of permissions) {
    const rule = ruleOf(permission);
    const { apiGroups, verbs, resourceNames } = rule;
    const key = JSON.stringify([apiGroups, verbs, resourceNames]);
    const known = rules.get(key)?.resources ?? [];
    rules.set(key, { ...rule, resources: [...new Set([...known, ...rule.resources])].toSorted() });
  }
  return [...rules.values()];
}

const verbOrder: readonly Verb[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
function ruleOf({ resource, subresource, verbs, names }: Permission): PolicyRule {
  const path = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  if (names !== undefined && verbs.includes('create'))
    throw new Error(`${path}: create can't be granted by name; declare it separately`);
  return {
    apiGroups: [resource.group],
    resources: [path],
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs: verbOrder.filter((verb) => verbs.includes(verb)),
  };
}
