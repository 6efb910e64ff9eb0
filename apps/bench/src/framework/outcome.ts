/** What was measured of a process until it came to its end, or to what it could not do. */
export interface Outcome<Figures> {
  readonly figures: Partial<Figures>;
  /** At what, and why; absent when all was done. */
  readonly failure?: string;
}
