import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import { listAt, stringAt, valueAt, type ApiObject } from '../object/api-object.ts';

/** What is wrong with a question about access (pkg/apis/authorization/validation). */
export function reviewErrors(review: ApiObject): readonly FieldError[] {
  const kinds = ['SubjectAccessReview', 'SelfSubjectAccessReview', 'LocalSubjectAccessReview'];
  if (!kinds.includes(review.kind)) return [];
  const hasResource = valueAt(review, 'spec', 'resourceAttributes') !== undefined;
  const hasPath = valueAt(review, 'spec', 'nonResourceAttributes') !== undefined;
  const isOwn = review.kind === 'SelfSubjectAccessReview';
  const hasUser = (stringAt(review, 'spec', 'user') ?? '') !== '' || listAt(review, 'spec', 'groups').length > 0;
  const errors: FieldError[] = [];
  if (hasResource && hasPath) {
    errors.push(
      invalidValue('spec.nonResourceAttributes', null, 'cannot be specified in combination with resourceAttributes'),
    );
  }
  if (!hasResource && !hasPath) {
    const rule = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalidValue('spec.resourceAttributes', null, rule));
  }
  if (!isOwn && !hasUser) errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'));
  return errors;
}
