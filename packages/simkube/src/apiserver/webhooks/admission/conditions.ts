import { groupResource } from '../../registry/served-resource.ts';
import { forbidden } from '../../status/refusals.ts';
import type { AdmissionSubject } from './attributes.ts';
import { reviewRequest, type Told } from './review.ts';
import type { Webhook } from './webhook.ts';

/**
 * Whether all match conditions of a webhook hold. One that cannot be evaluated counts only where none is false, and
 * then as the failure policy says.
 * @throws StatusError 403 when the request can't go on without knowing.
 */
export function meetsConditions(webhook: Webhook, subject: AdmissionSubject, told: Told): boolean {
  const { conditions } = webhook;
  if (conditions.length === 0) return true;
  const values = {
    object: told.object ?? null,
    oldObject: told.oldObject ?? null,
    request: { ...reviewRequest(subject, told), object: undefined, oldObject: undefined },
  };
  const errors: string[] = [];
  for (const { condition } of conditions) {
    const holds = condition(values);
    if (holds === false) return false;
    if (holds !== true) errors.push(holds.error);
  }
  if (errors.length === 0) return true;
  if (webhook.isIgnoredWhenFailing) return false;
  throw forbidden(
    groupResource(subject.resource),
    subject.name,
    errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`,
  );
}
