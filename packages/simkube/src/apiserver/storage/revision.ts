import { badRequest } from '../status/refusals.ts';

/** Reads a resourceVersion. Clients must treat it as opaque; the server knows that it is its revision. */
export function parseRevision(text: string): number {
  if (!/^\d{1,15}$/u.test(text))
    throw badRequest(`Invalid value: ${JSON.stringify(text)}: resourceVersion must be a number`);
  return Number(text);
}
