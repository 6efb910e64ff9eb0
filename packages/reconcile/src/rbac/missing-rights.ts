import type { Right } from './access.ts';
import type { Permission, Verb } from './permission.ts';

/** A rule as a SelfSubjectRulesReview tells it. */
export interface GrantedRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Which of the permissions no rule grants, in words, `patch configmaps`; sorted, each once. */
export function missingRights(permissions: readonly Permission[], rules: readonly GrantedRule[]): readonly Right[] {
  const missing = permissions.flatMap((permission) =>
    permission.verbs
      .filter((verb) => !rules.some((rule) => grants(rule, permission, verb)))
      .map((verb) => `${verb} ${resourceText(permission)}`),
  );
  return [...new Set(missing)].toSorted();
}

function grants(rule: GrantedRule, { resource, subresource, names }: Permission, verb: Verb): boolean {
  const { apiGroups = [], resources = [], resourceNames = [], verbs } = rule;
  const path =
    subresource === undefined ? [resource.plural] : [`${resource.plural}/${subresource}`, `*/${subresource}`];
  // Rules that name objects grant nothing about the others.
  const isNamed = resourceNames.length === 0 || (names?.every((name) => resourceNames.includes(name)) ?? false);
  return isNamed && hasAny(verbs, [verb]) && hasAny(apiGroups, [resource.group]) && hasAny(resources, path);
}

function hasAny(granted: readonly string[], wanted: readonly string[]): boolean {
  return granted.includes('*') || wanted.some((each) => granted.includes(each));
}

function resourceText({ resource, subresource }: Permission): string {
  const path = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  return resource.group === '' ? path : `${path} of ${resource.group}`;
}
