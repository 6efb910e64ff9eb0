/** The longest name of a ConfigMap or Secret. */
export const maxNameLength = 253;

/** What primary refers to instead of the original. */
export const copyName = (original: string): string => `${original}-primary`;

/** What primary has to go back to, while its copy or the original may have something else. */
export const fallbackName = (original: string): string => `${original}-fallback`;

/** The original that an object of this name would be a copy of. */
export const originalName = (copy: string): string => copy.replace(/-(primary|fallback)$/, '');

/** On a ConfigMap or Secret of the user's: `disabled` makes its changes no release, and leaves it to primary as it is. */
export const trackingAnnotation = 'canary.atze.io/config-tracking';

/** On what runs or keeps a revision: the checksums of the copies that its template refers to, as JSON. */
export const configsAnnotation = 'canary.atze.io/tracked-configs';
