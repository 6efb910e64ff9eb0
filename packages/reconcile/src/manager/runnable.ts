/** Something that runs for as long as the manager does. */
export interface Runnable {
  /** For logs and errors. */
  readonly name: string;
  /** Run on the leader only. @default true */
  readonly needsLeaderElection?: boolean;
  /**
   * Runs until `signal` aborts and resolves when it has ended. A rejection stops the manager with that error;
   * resolving earlier just means that it had nothing more to do.
   */
  start(signal: AbortSignal): Promise<void>;
}
