import { noCredentials } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { adminUser, createApiServer } from '@canaryop/simkube';

import { admissionStory } from './webhooks/admission-story.ts';
import { holdsTo } from './webhooks/holds-to.ts';

holdsTo('admission', 'simkube', async () => {
  const env = processEnv();
  const server = createApiServer({ env });
  try {
    const connection = {
      server: 'https://simkube',
      transport: server.transport(adminUser),
      credentials: noCredentials,
    };
    return await admissionStory({ env, connection });
  } finally {
    await server.close();
  }
});
