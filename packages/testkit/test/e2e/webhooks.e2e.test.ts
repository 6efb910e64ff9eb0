import { processEnv } from '@canaryop/reconcile/env';
import { afterAll } from 'vitest';

import { startControlPlane, type ControlPlane } from '../../src/control-plane/index.ts';
import { admissionStory } from '../webhooks/admission-story.ts';
import { conversionStory } from '../webhooks/conversion-story.ts';
import { holdsTo } from '../webhooks/holds-to.ts';
import type { Outcomes, StoryServer } from '../webhooks/outcomes.ts';

let started: Promise<ControlPlane> | undefined;

const onRealOne = (story: (server: StoryServer) => Promise<Outcomes>) => async (): Promise<Outcomes> => {
  started ??= startControlPlane({ controllerManager: false });
  const { connection } = await started;
  return story({ env: processEnv(), connection });
};

afterAll(async () => {
  await (await started)?.stop();
});

holdsTo('admission', 'a real control plane', onRealOne(admissionStory));
holdsTo('conversion', 'a real control plane', onRealOne(conversionStory));
