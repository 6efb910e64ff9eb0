import { describeCrashes } from './crash-story.ts';

describeCrashes({
  name: 'a rollback',
  edits: [{ at: 0, image: 'go-status-code-server:v3' }],
  failing: 'go-status-code-server:v3',
  end: 'Failed',
});
