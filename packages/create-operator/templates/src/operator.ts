// +reconcile:scaffold:imports

/** What this operator consists of. main.ts runs it, and `reconcile manifests` derives config/ from it. */
export const operator = {
  /** Owner of the fields that it writes, and the name of its Lease: stays the same over all releases. */
  fieldManager: 'scaffold-project',
  kinds: [
    // +reconcile:scaffold:kinds
  ],
  controllers: [
    // +reconcile:scaffold:controllers
  ],
  webhooks: {
    admission: [
      // +reconcile:scaffold:admission
    ],
    conversion: [
      // +reconcile:scaffold:conversion
    ],
  },
};
