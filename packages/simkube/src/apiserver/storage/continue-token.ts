/** Where the next page of a list starts. */
export interface ContinueToken {
  readonly revision: number;
  /** Storage key of the last object that was sent. */
  readonly after: string;
}

/** A token as clients carry it: opaque to them. */
export function encodeContinue(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.after })).toString(
    'base64url',
  );
}

/** Undefined when the text is not a token of this server. */
export function decodeContinue(text: string): ContinueToken | undefined {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as { rv?: unknown; start?: unknown };
    const { rv, start } = value;
    return typeof rv === 'number' && typeof start === 'string' ? { revision: rv, after: start } : undefined;
  } catch {
    return undefined;
  }
}
