/** Colours a text, or leaves it as it is. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const paint =
  (code: number) =>
  (text: string): string =>
    `\u001B[${code}m${text}\u001B[0m`;
const plain = (text: string): string => text;

/** Colours of a terminal. */
export const colours: Style = { good: paint(32), bad: paint(31), strong: paint(1), faint: paint(2) };

/** No escape sequence at all. */
export const noColours: Style = { good: plain, bad: plain, strong: plain, faint: plain };
