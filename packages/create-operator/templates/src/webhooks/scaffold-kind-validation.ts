import { validatingWebhook } from '@canaryop/reconcile';

import { ScaffoldKind } from '../api/v99beta99/scaffold-kind.ts';

/** Judges what no CEL rule of the kind can: what needs to know the user, or other objects. */
export const scaffoldKindValidation = validatingWebhook(ScaffoldKind, {
  validate({ object, user, warn }) {
    if (object.spec.text === '') warn('an empty text says nothing');
    return object.spec.text.includes(user.username)
      ? [{ path: 'spec.text', message: `must not name who writes it, ${user.username}` }]
      : undefined;
  },
});
