/** The Lease that replicas of this operator compete for; its Role names it. */
export const leaseName = 'canaryop.canary.atze.io';
