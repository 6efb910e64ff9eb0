import type { ApiCore } from '../api-core.ts';
import { controllerOptions } from '../controllers/controller-write.ts';
import { updateObject } from '../handlers/update.ts';
import { isJsonObject, listAt, withFields, type ApiObject, type JsonObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { compileLabelSelector } from '../selector/label-selector.ts';
import { rulesOf } from './policy-rule.ts';

/** Keeps the rules of ClusterRoles that aggregate others, such as `admin`, `edit` and `view`. */
export class RoleAggregation {
  readonly #core: ApiCore;
  readonly #unsubscribe: () => void;
  #isDue = false;

  constructor(core: ApiCore) {
    this.#core = core;
    this.#unsubscribe = core.storage.observe(({ object }) => {
      if (object.kind === 'ClusterRole') this.#schedule();
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Brings every aggregating role up to date now. */
  aggregate(): void {
    const resource = this.#core.registry.find('rbac.authorization.k8s.io', 'v1', 'clusterroles');
    if (resource === undefined) return;
    const roles = resource.store.list();
    for (const role of roles) if (role['aggregationRule'] !== undefined) this.#update(resource, role, roles);
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.aggregate();
    });
  }

  #update(resource: ServedResource, role: ApiObject, roles: readonly ApiObject[]): void {
    const rules = aggregatedRules(role, roles);
    if (deepEqual(rules, rulesOf(role))) return;
    updateObject(this.#core, resource, {
      existing: role,
      next: withFields(role, { rules }),
      subresource: '',
      options: controllerOptions('clusterrole-aggregation-controller'),
    });
  }
}

/** The rules of all selected roles, each once, in the order of the roles' names. */
export function aggregatedRules(role: ApiObject, roles: readonly ApiObject[]): readonly JsonObject[] {
  const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors')
    .filter(isJsonObject)
    .map(compileLabelSelector);
  const selected = roles.filter(
    (other) => other !== role && selectors.some((isSelected) => isSelected(other.metadata.labels ?? {})),
  );
  const rules: JsonObject[] = [];
  for (const rule of selected.flatMap(rulesOf)) {
    if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
  }
  return rules;
}
