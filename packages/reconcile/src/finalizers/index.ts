/** Clean-up before an object goes. */
export {
  addFinalizer,
  hasFinalizer,
  isBeingDeleted,
  removeFinalizer,
  withFinalizer,
  type FinalizerStage,
} from './finalizers.ts';
