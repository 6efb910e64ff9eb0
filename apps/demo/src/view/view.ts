import type { StoryEvent, StoryResult } from '../story/story-event.ts';

/** Shows the story as it happens. */
export interface View {
  tell(event: StoryEvent): void;
  end(result: StoryResult, seconds: number): void;
  /** Leaves the terminal as it was found; the story has no end. */
  abandon(): void;
}
