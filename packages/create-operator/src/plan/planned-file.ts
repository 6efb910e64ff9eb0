/** One file of a plan: what a command would do, as data. */
export interface PlannedFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  /** Undefined: the file is removed. */
  readonly content: string | Uint8Array | undefined;
  /** What the plan was made for: the file is replaced if it still is this. Absent: it must not be there. */
  readonly replaces?: string;
}
