import { isJsonObject, listAt, type JsonObject } from '../object/api-object.ts';

/** What someone wants to do, in the terms of authorization. */
export interface AccessAttributes {
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly resource: string;
  /** Empty for none. */
  readonly subresource: string;
  readonly namespace: string | undefined;
  /** Empty for a collection. */
  readonly name: string;
  /** Of non-resource requests. */
  readonly path: string;
}

/** Whether a rule of a Role or ClusterRole allows an access (k8s.io/kubernetes pkg/apis/rbac/v1 evaluation helpers). */
export function ruleAllows(rule: JsonObject, access: AccessAttributes): boolean {
  if (!hasOrAll(listAt(rule, 'verbs'), access.verb)) return false;
  if (!access.isResource) return listAt(rule, 'nonResourceURLs').some((url) => pathMatches(String(url), access.path));
  return (
    hasOrAll(listAt(rule, 'apiGroups'), access.group) &&
    resourceMatches(listAt(rule, 'resources'), access) &&
    nameMatches(listAt(rule, 'resourceNames'), access.name)
  );
}

/** The rules of a Role or ClusterRole. */
export function rulesOf(role: unknown): readonly JsonObject[] {
  return listAt(role, 'rules').filter(isJsonObject);
}

function hasOrAll(list: readonly unknown[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function resourceMatches(resources: readonly unknown[], { resource, subresource }: AccessAttributes): boolean {
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    resources.includes('*') ||
    resources.includes(full) ||
    (subresource !== '' && resources.includes(`*/${subresource}`))
  );
}

function nameMatches(names: readonly unknown[], name: string): boolean {
  return names.length === 0 || (name !== '' && names.includes(name));
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}
