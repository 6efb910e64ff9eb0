import type { StoryEvent } from '../story/story-event.ts';
import { linesOf, resultLines } from './story-lines.ts';
import { colours, noColours } from './style.ts';
import type { View } from './view.ts';

/** Where the story is shown. */
export interface Screen {
  readonly write: (text: string) => void;
  /** A terminal, whose last line may change in place. */
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
}

const title = 'A rollout and a rollback, on a Kubernetes cluster inside this process';
const clearLine = '\r\u001B[2K';

/** Shows the story for people: line by line, and on a terminal the step that runs in place. */
export function terminalView({ write, isTerminal, hasColours }: Screen): View {
  const style = hasColours ? colours : noColours;
  let isLive = false;
  const print = (lines: readonly string[]): void => {
    write(`${isLive ? clearLine : ''}${lines.join('\n')}\n`);
    isLive = false;
  };
  const update = (event: StoryEvent): void => {
    if (!isTerminal) return;
    write(`${clearLine}${linesOf(event, style).join(' ')}`);
    isLive = true;
  };
  return {
    tell: (event) => {
      if (event.event === 'cluster') print([style.strong(title)]);
      if (event.event === 'measuring') update(event);
      else print(linesOf(event, style));
    },
    end: (result, seconds) => print(resultLines(result, seconds, style)),
    abandon: () => {
      if (isLive) write('\n');
    },
  };
}
