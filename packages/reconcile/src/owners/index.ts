/** Who belongs to whom. */
export { canOwn, controllerOf, controllerReference, isControlledBy } from './owner-reference.ts';
