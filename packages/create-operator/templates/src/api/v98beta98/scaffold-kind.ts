import { defineKind, s } from '@canaryop/reconcile';

/** As it was before v99beta99: objects of this version are still taken and given, and converted. */
export const ScaffoldKind = defineKind({
  group: 'group.scaffold.example',
  version: 'v98beta98',
  kind: 'ScaffoldKind',
  // scaffold:cluster scope: 'Cluster',
  spec: s.object({
    message: s.string({ maxLength: 100 }).default('hello').describe('What the ConfigMap says.'),
  }),
  status: s.object({
    conditions: s.conditions().optional(),
  }),
});
