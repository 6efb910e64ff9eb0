import type { ApiObject } from '../object/api-object.ts';

/** One committed change. Its revision is the resourceVersion of `object`, for deletions too. */
export interface ChangeRecord {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The new state; for a deletion the last one, stamped with the deletion's revision. */
  readonly object: ApiObject;
  /** The state before; absent for an addition. */
  readonly previous?: ApiObject;
}
