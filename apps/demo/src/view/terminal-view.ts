import { isPassing, linesOf, resultLines } from './story-lines.ts';
import { colours, noColours } from './style.ts';
import type { View } from './view.ts';

/** Where the story is shown. */
export interface Screen {
  readonly write: (text: string) => void;
  /** A terminal, whose last line may change in place. */
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
}

const clearLine = '\r\u001B[2K';

/** Shows the story for people: line by line, and on a terminal the step that runs in place. */
export function terminalView({ write, isTerminal, hasColours }: Screen): View {
  const style = hasColours ? colours : noColours;
  let isLive = false;
  const print = (lines: readonly string[]): void => {
    write(`${isLive ? clearLine : ''}${lines.join('\n')}\n`);
    isLive = false;
  };
  const update = (lines: readonly string[]): void => {
    write(`${clearLine}${lines.join(' ')}`);
    isLive = true;
  };
  return {
    tell: (event) => {
      if (!isPassing(event)) print(linesOf(event, style));
      else if (isTerminal) update(linesOf(event, style));
      // Without a terminal a line stays, so a share that still changes is not worth one.
      else if (event.event !== 'measuring') print(linesOf(event, style));
    },
    end: (result, seconds) => print(resultLines(result, seconds, style)),
    abandon: () => {
      if (isLive) write('\n');
    },
  };
}
