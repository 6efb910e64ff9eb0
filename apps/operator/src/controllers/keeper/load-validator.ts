import type { Validate } from './wish.ts';

/** How the validator comes to be there. */
export type LoadValidator = () => Promise<Validate>;

/** Loads it when it is needed for the first time: it takes 8 MB, which clusters without such workloads never need. */
export const loadValidator: LoadValidator = async () => {
  const { validateObject } = await import('@canaryop/reconcile/validation');
  return validateObject;
};
