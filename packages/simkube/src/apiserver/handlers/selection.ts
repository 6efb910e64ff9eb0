import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { checkFieldSelector, parseFieldSelector } from '../selector/field-selector.ts';
import { parseLabelSelector } from '../selector/label-selector.ts';

/** Which objects of a resource a list or watch is about. */
export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Whether a stored object is selected, or undefined when everything is. */
export function selectionPredicate(
  resource: ServedResource,
  selection: Selection,
): ((object: ApiObject) => boolean) | undefined {
  const { namespace, labelSelector = '', fieldSelector = '' } = selection;
  const checks: ((object: ApiObject) => boolean)[] = [];
  if (namespace !== undefined) checks.push((object) => object.metadata.namespace === namespace);
  if (labelSelector !== '') {
    const matches = parseLabelSelector(labelSelector);
    checks.push((object) => matches(object.metadata.labels ?? {}));
  }
  if (fieldSelector !== '') {
    const matches = parseFieldSelector(
      fieldSelector,
      resource.strategy.selectableFields ?? [],
      (resource.custom !== undefined || resource.kind === 'Namespace') && !resource.namespaced
        ? ['metadata.name']
        : undefined,
    );
    checks.push((object) => matches(resource.fromStored(object)));
  }
  return checks.length === 0 ? undefined : (object) => checks.every((check) => check(object));
}

/** Refuses what cannot be read, which comes before all that may not be. */
export function checkSelectors(resource: ServedResource, { labelSelector, fieldSelector = '' }: Selection): void {
  selectionPredicate(resource, { labelSelector });
  checkFieldSelector(fieldSelector);
}
