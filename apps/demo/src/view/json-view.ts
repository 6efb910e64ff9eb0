import type { View } from './view.ts';

/** One JSON object a line; the last one is the result. */
export function jsonView(write: (text: string) => void): View {
  const line = (value: object): void => write(`${JSON.stringify(value)}\n`);
  return { tell: line, end: (result) => line(result), abandon: () => undefined };
}
