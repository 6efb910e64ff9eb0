import { roleLabel } from '../../api/v1/names.ts';

type Labels = Readonly<Record<string, string>>;

/** How primary's pods are told from those of the target. */
export interface Labelling {
  /** Labels of primary's pods, and its selector, from the selector of the target. */
  labels(selector: Labels): Labels;
  /** Labels of primary's pods that the target's do not have at all. */
  readonly added: readonly string[];
  /** Whether a Service that finds the pods of one finds none of the other. */
  readonly areApart: boolean;
}

/** Each label of the target's selector has a suffix: who selects the one does not select the other. */
export const suffixedLabels: Labelling = {
  labels: (selector) => Object.fromEntries(Object.entries(selector).map(([key, value]) => [key, `${value}-primary`])),
  added: [],
  areApart: true,
};

/**
 * One label more than the target's pods have: whatever selects those selects primary's as well. That is how traffic finds
 * both without routes, and why Services, policies and monitors of the user's stay as they are.
 */
export const addedLabel: Labelling = {
  labels: (selector) => ({ ...selector, [roleLabel]: 'primary' }),
  added: [roleLabel],
  areApart: false,
};
