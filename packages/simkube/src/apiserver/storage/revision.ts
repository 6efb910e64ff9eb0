import { badRequest } from '../status/refusals.ts';

/** Reads a resourceVersion. Clients must treat it as opaque; the server knows that it is its revision. */
export function parseRevision(text: string): number {
  if (!/^\d{1,15}$/u.test(text)) {
    const quoted = JSON.stringify(text);
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return Number(text);
}
