import { defineKind, s } from '@canaryop/reconcile';

/** What users write and what the operator answers. Its type, its CRD and its validation all follow from here. */
export const ScaffoldKind = defineKind({
  group: 'group.scaffold.example',
  version: 'v99beta99',
  kind: 'ScaffoldKind',
  // scaffold:cluster scope: 'Cluster',
  spec: s.object({
    text: s.string({ maxLength: 100 }).default('hello').describe('What the ConfigMap says.'),
  }),
  status: s.object({
    conditions: s.conditions().optional(),
  }),
  printerColumns: [
    { name: 'Text', type: 'string', jsonPath: '.spec.text' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});
