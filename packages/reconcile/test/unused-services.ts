import type { ReconcileServices } from '../src/controller/reconciler.ts';

/** What a test does not expect to be called. */
export const unused = (): never => {
  throw new Error('not used in this test');
};

/** Services of a reconciler that needs none. */
export const unusedServices: ReconcileServices = {
  client: {
    get: unused,
    list: unused,
    create: unused,
    apply: unused,
    updateStatus: unused,
    confirm: unused,
    patch: unused,
    scale: unused,
    delete: unused,
  },
  events: { event: unused },
  lister: unused,
};
