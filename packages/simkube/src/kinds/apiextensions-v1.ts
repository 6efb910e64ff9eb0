import { resourceKind } from '@canaryop/reconcile/object';

/** CustomResourceDefinitions; only their names and existence are read here. */
export const definitionKind = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
