/** What a process with an informer measured, in the order in which it tells. */
export interface SyncReport {
  readonly importMs: number;
  readonly syncMs: number;
  readonly cpuMs: number;
  /** JavaScript heap after a garbage collection, objects included, minus that before, divided by the objects. */
  readonly heapBytesPerObject: number;
  readonly residentMiB: number;
}

export interface ChangeReport {
  /** From the first event that a handler saw to the last. */
  readonly eventsMs: number;
  readonly cpuMs: number;
}

export interface ReadReport {
  readonly readsMs: number;
  readonly cpuMs: number;
}

/** A kubeconfig's cluster, as seen by one of the libraries. */
export interface Subject {
  /** Resolves when `objectCount` objects are in memory. Calls `onChange` at each later change. */
  sync(onChange: () => void): Promise<void>;
  read(name: string): Promise<void>;
}
