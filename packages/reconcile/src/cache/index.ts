/** Kinds kept in memory: informers, indexes, and reads that include our own writes. */
export type { Informer, InformerProblem, Lister, ObjectChange } from './cache.ts';
export type { IndexFunction } from './indexer.ts';
export {
  cacheOf,
  createCache,
  type Cache,
  type CacheOptions,
  type InformerOptions,
  type KindCache,
} from './informer-cache.ts';
