/** The Secret that holds the key of the checksums of Secrets, in the operator's own namespace; its Role names it. */
export const trackingKeyName = 'canaryop-config-tracking';
