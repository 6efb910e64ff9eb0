/**
 * Tells the stories of packages/testkit/test/webhooks to a real control plane, and records what it makes of them, which
 * the tests hold simkube to. Run it again when the Kubernetes version moves, or when a story does:
 * `node --conditions=source scripts/record-webhooks.ts`, and then `pnpm format`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { processEnv } from '../packages/reconcile/src/env/index.ts';
import { startControlPlane } from '../packages/testkit/src/control-plane/index.ts';
import { admissionStory } from '../packages/testkit/test/webhooks/admission-story.ts';
import { conversionStory } from '../packages/testkit/test/webhooks/conversion-story.ts';
import { recordedFile } from '../packages/testkit/test/webhooks/recorded-file.ts';

const plane = await startControlPlane({ controllerManager: false });
try {
  const stories = { admission: admissionStory, conversion: conversionStory };
  for (const [name, story] of Object.entries(stories)) {
    const file = recordedFile(name);
    mkdirSync(dirname(file), { recursive: true });
    const outcomes = await story({ env: processEnv(), connection: plane.connection });
    writeFileSync(file, `${JSON.stringify(outcomes, undefined, 2)}\n`);
  }
} finally {
  await plane.stop();
}
