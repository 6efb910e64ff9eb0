import { invalidValue, type FieldError } from './field-error.ts';
import { numberIn, objectIn } from './json-access.ts';
import type { JsonObject } from './structural-schema.ts';

/** Which counts of a status there are, and which of them are parts of `replicas`. */
export interface StatusCounts {
  readonly all: readonly string[];
  readonly parts: readonly string[];
}

const common = ['replicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'];

/** Counts by kind. */
export const statusCounts = {
  deployment: {
    all: [...common, 'updatedReplicas', 'unavailableReplicas', 'terminatingReplicas', 'collisionCount'],
    parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  },
  replicaSet: {
    all: [...common, 'fullyLabeledReplicas', 'terminatingReplicas'],
    parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  },
  statefulSet: {
    all: [...common, 'currentReplicas', 'updatedReplicas', 'collisionCount'],
    parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
  },
  daemonSet: {
    all: [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ],
    parts: [],
  },
} satisfies Readonly<Record<string, StatusCounts>>;

/** Counts of a status: none is negative, and no part is greater than the whole. */
export function statusErrors(object: JsonObject, { all, parts }: StatusCounts): readonly FieldError[] {
  const status = objectIn(object, 'status');
  const count = (key: string): number => numberIn(status, key) ?? 0;
  const errors = all
    .filter((key) => count(key) < 0)
    .map((key) => invalidValue(`status.${key}`, count(key), 'must be greater than or equal to 0'));
  for (const part of parts) {
    if (count(part) > count('replicas')) {
      errors.push(invalidValue(`status.${part}`, count(part), 'cannot be greater than status.replicas'));
    }
  }
  if (parts.includes('availableReplicas') && count('availableReplicas') > count('readyReplicas')) {
    const rule = 'cannot be greater than readyReplicas';
    errors.push(invalidValue('status.availableReplicas', count('availableReplicas'), rule));
  }
  return errors;
}
