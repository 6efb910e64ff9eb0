import { noCredentials } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { adminUser, createApiServer } from '@canaryop/simkube';

import { admissionStory } from './webhooks/admission-story.ts';
import { conversionStory } from './webhooks/conversion-story.ts';
import { holdsTo } from './webhooks/holds-to.ts';
import type { Outcomes, StoryServer } from './webhooks/outcomes.ts';

const onSimkube = (story: (server: StoryServer) => Promise<Outcomes>) => async (): Promise<Outcomes> => {
  const env = processEnv();
  const server = createApiServer({ env });
  try {
    const transport = server.transport(adminUser);
    return await story({ env, connection: { server: 'https://simkube', transport, credentials: noCredentials } });
  } finally {
    await server.close();
  }
};

holdsTo('admission', 'simkube', onSimkube(admissionStory));
holdsTo('conversion', 'simkube', onSimkube(conversionStory));
