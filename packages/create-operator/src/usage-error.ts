/** Something that the user can set right: its message says what, where, and how. It is printed without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
