import { processEnv } from '@canaryop/reconcile/env';

/** Real time: processes live in it. */
export const env = processEnv();
