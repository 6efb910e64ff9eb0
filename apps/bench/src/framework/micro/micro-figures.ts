/** What a library takes for the smallest pieces of its work, in a process of its own that does nothing else. */
export interface MicroFigures {
  /** A key added, handed out and given back. */
  readonly queueCycleNs?: number;
  /** An add of a key that is in the queue already. */
  readonly queueKnownNs?: number;
  /** An add that is due in a minute. */
  readonly queueDelayedNs?: number;
  /** An add after a failure, with the back-off of its key. */
  readonly queueRateLimitedNs?: number;
  /** One object of the cache by its key. */
  readonly getNs?: number;
  /** All objects of a namespace, of which there are `objects / namespaces`. */
  readonly listNamespaceNs?: number;
  /** All objects of one value of an index, of which there are `objects / apps`. */
  readonly byIndexNs?: number;
  /** Heap after a collection with a full cache, less that before it, by the objects. */
  readonly heapBytesPerObject?: number;
  /** From the bytes of a watch to an object. */
  readonly configMapDecodedUs?: number;
  readonly podDecodedUs?: number;
  /** From the bytes of a watch through the cache to a handler. */
  readonly configMapHandledUs?: number;
  readonly podHandledUs?: number;
  /** Resident memory that importing the library takes over the bare runtime. */
  readonly importMiB?: number;
}

/** How much of each. Kept beside the bytes, for the programs of other languages. */
export interface MicroSizes {
  readonly objects: number;
  readonly namespaces: number;
  /** Values of the index. */
  readonly apps: number;
  /** Watch events of each kind. */
  readonly changes: number;
  /** Different keys in the queue. */
  readonly keys: number;
  /** Operations of each kind on the queue. */
  readonly operations: number;
  readonly gets: number;
  readonly lists: number;
}

/** A namespace of 100 objects, 20 of each value of the index. */
export const fullSizes: MicroSizes = {
  objects: 20_000,
  namespaces: 200,
  apps: 1000,
  changes: 20_000,
  keys: 10_000,
  operations: 1_000_000,
  gets: 2_000_000,
  lists: 100_000,
};

/** For a look, and for comparisons with itself: fewer objects, which caches of processors hold more of. */
export const quickSizes: MicroSizes = {
  objects: 2000,
  namespaces: 20,
  apps: 100,
  changes: 10_000,
  keys: 10_000,
  operations: 500_000,
  gets: 1_000_000,
  lists: 200_000,
};
