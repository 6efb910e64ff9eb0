/** Kinds kept in memory: informers, indexes, and reads that include our own writes. */
export type { Informer, Lister, ObjectChange } from './cache.ts';
