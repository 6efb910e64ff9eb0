import { describeCrashes } from './crash-story.ts';

describeCrashes({
  name: 'a changed mind',
  edits: [
    { at: 0, image: 'go-status-code-server:v2' },
    { at: 20, image: 'go-status-code-server:v3' },
  ],
  end: 'Released',
});
