import { mutatingWebhook } from '@canaryop/reconcile';

import { ScaffoldKind } from '../api/v99beta99/scaffold-kind.ts';

const createdBy = 'group.scaffold.example/created-by';

/** Completes what no default of the kind can: what needs to know the user, or other objects. */
export const scaffoldKindDefaulting = mutatingWebhook(ScaffoldKind, {
  operations: ['CREATE'],
  mutate: ({ object, user }) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [createdBy]: user.username } },
  }),
});
