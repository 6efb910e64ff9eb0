/** What an API server would refuse: objects of a custom kind, and the definition of a kind itself. */
export { checkKind } from './check-kind.ts';
export { validateObject } from './validate-object.ts';
