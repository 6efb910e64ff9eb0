import { describeCrashes } from './crash-story.ts';

describeCrashes({ name: 'a rollout', edits: [{ at: 0, image: 'go-status-code-server:v2' }], end: 'Released' });
