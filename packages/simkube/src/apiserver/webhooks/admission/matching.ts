import type { ApiCore } from '../../api-core.ts';
import type { ApiObject } from '../../object/api-object.ts';
import { groupResource, type ServedResource } from '../../registry/served-resource.ts';
import type { LabelPredicate } from '../../selector/label-selector.ts';
import { notFound } from '../../status/refusals.ts';
import type { StatusError } from '../../status/status-error.ts';
import { namespaceOf, type AdmissionChange, type AdmissionSubject } from './attributes.ts';
import type { Webhook, WebhookRule } from './webhook.ts';

/** Whether a webhook wants to hear of a request, and in which version. */
export type Match =
  | { readonly resource: ServedResource }
  /** Its namespace is not there: only what would otherwise be asked is refused. */
  | { readonly refusal: StatusError };

/** Looks at selectors and rules, in the order of a real server; match conditions come later. */
export function matchOf(
  core: ApiCore,
  webhook: Webhook,
  subject: AdmissionSubject,
  change: AdmissionChange,
): Match | undefined {
  const namespace = matchNamespace(core, webhook, subject, change);
  if (namespace === false || !matchesObject(webhook.objectSelector, change)) return undefined;
  const resource = matchedResource(core, webhook, subject, change);
  if (resource === undefined) return undefined;
  return namespace === true ? { resource } : { refusal: namespace };
}

function matchNamespace(
  core: ApiCore,
  { namespaceSelector }: Webhook,
  subject: AdmissionSubject,
  change: AdmissionChange,
): boolean | StatusError {
  const name = namespaceOf(subject, change);
  if (name === '' || namespaceSelector === undefined) return true;
  const isNamespace = subject.resource.group === '' && subject.resource.plural === 'namespaces';
  const own = isNamespace && subject.subresource === '' ? change.object : undefined;
  const found = own ?? core.namespaces.get(name);
  if (found === undefined) return notFound({ group: '', resource: 'namespaces' }, name);
  return namespaceSelector(found.metadata.labels ?? {});
}

function matchesObject(selector: LabelPredicate | undefined, { object, oldObject }: AdmissionChange): boolean {
  if (selector === undefined) return true;
  const matches = (each: ApiObject | undefined): boolean => each !== undefined && selector(each.metadata?.labels ?? {});
  return matches(object) || matches(oldObject);
}

/** The resource in the version that a rule names: the request's, or else another of the same objects. */
function matchedResource(
  core: ApiCore,
  { rules, matchesEquivalents }: Webhook,
  subject: AdmissionSubject,
  change: AdmissionChange,
): ServedResource | undefined {
  const { resource } = subject;
  if (rules.some((rule) => matchesRule(rule, resource, subject, change))) return resource;
  if (!matchesEquivalents) return undefined;
  const others = core.registry.all().filter((each) => isEquivalent(each, subject));
  for (const rule of rules) {
    const found = others.find((other) => matchesRule(rule, other, subject, change));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isEquivalent(other: ServedResource, { resource, subresource }: AdmissionSubject): boolean {
  const isSame = other.group === resource.group && other.version === resource.version;
  if (other.createOnly || other.store !== resource.store || isSame) return false;
  const { subresources } = other;
  if (subresource === 'status') return subresources.status === true;
  if (subresource === 'scale') return subresources.scale !== undefined;
  return subresource === '' || subresources.others.includes(subresource);
}

const covers = (items: readonly string[], wanted: string): boolean => items.includes('*') || items.includes(wanted);

function matchesRule(
  rule: WebhookRule,
  resource: ServedResource,
  subject: AdmissionSubject,
  change: AdmissionChange,
): boolean {
  return (
    matchesScope(rule.scope, subject) &&
    covers(rule.operations, change.operation) &&
    covers(rule.groups, resource.group) &&
    covers(rule.versions, resource.version) &&
    rule.resources.some((name) => matchesResource(name, groupResource(resource).resource, subject.subresource))
  );
}

function matchesScope(scope: string, { resource, namespace }: AdmissionSubject): boolean {
  if (scope === '*') return true;
  return (scope === 'Namespaced') === (resource.namespaced && namespace !== '');
}

function matchesResource(name: string, plural: string, subresource: string): boolean {
  const slash = name.indexOf('/');
  const [resource, below] = slash === -1 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
  return (resource === '*' || resource === plural) && (below === '*' || below === subresource);
}
