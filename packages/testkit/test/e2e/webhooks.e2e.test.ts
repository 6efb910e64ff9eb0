import { processEnv } from '@canaryop/reconcile/env';

import { startControlPlane } from '../../src/control-plane/index.ts';
import { admissionStory } from '../webhooks/admission-story.ts';
import { holdsTo } from '../webhooks/holds-to.ts';

holdsTo('admission', 'a real control plane', async () => {
  const plane = await startControlPlane({ controllerManager: false });
  try {
    return await admissionStory({ env: processEnv(), connection: plane.connection });
  } finally {
    await plane.stop();
  }
});
