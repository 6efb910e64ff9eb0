import { mutatingWebhook, validatingWebhook } from '@canaryop/reconcile';

import { Site } from './site.ts';

/** `previous` is what is stored, of an UPDATE only; of a DELETE, `object` is. */
export const judge = validatingWebhook(Site, {
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  validate({ object, operation, previous, user, warn }) {
    if (operation === 'DELETE')
      return user.groups.includes('publishers') ? undefined : 'only publishers take sites down';
    if (previous?.spec.tier === 'paid' && object.spec.tier === 'free') warn('the rest of the month is not paid back');
    return undefined;
  },
});

/** Books a number for each new site, but not for one that will not be stored. */
export function numbering(book: (host: string) => Promise<string>) {
  return mutatingWebhook(Site, {
    operations: ['CREATE'],
    sideEffects: 'NoneOnDryRun',
    mutate: async ({ object, isDryRun }) => {
      const number = isDryRun ? 'none, as nothing is stored' : await book(object.spec.host);
      const annotations = { ...object.metadata.annotations, 'sites.demo.io/number': number };
      return { ...object, metadata: { ...object.metadata, annotations } };
    },
  });
}
