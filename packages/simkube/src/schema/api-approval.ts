import { invalidValue, requiredValue, type FieldError } from './field-error.ts';
import { objectIn, textIn } from './json-access.ts';
import type { JsonObject } from './structural-schema.ts';

const annotation = 'api-approved.kubernetes.io';
const field = `metadata.annotations[${annotation}]`;
const more = 'see https://github.com/kubernetes/enhancements/pull/1111';

type Approval = 'approved' | 'bypassed' | 'missing' | 'invalid';

/**
 * What Kubernetes would refuse about a definition in a group of its own, `*.k8s.io` or `*.kubernetes.io`, that nobody
 * has approved (apiextensions validateAPIApproval). An update that leaves the approval as it was is taken.
 */
export function approvalErrors(definition: JsonObject, previous: JsonObject | undefined): readonly FieldError[] {
  const group = textIn(objectIn(definition, 'spec'), 'group');
  if (!/(?:^|\.)(?:k8s|kubernetes)\.io$/u.test(group)) return [];
  const approval = approvalOf(definition);
  if (previous !== undefined && approvalOf(previous) === approval) return [];
  const rule = `protected groups must have approval annotation "${annotation}"`;
  if (approval === 'missing') return [requiredValue(field, `${rule}, ${more}`)];
  if (approval !== 'invalid') return [];
  const how = `${rule} with either a URL or a reason starting with "unapproved", ${more}`;
  return [invalidValue(field, textOf(definition), how)];
}

function approvalOf(definition: JsonObject): Approval {
  const text = textOf(definition);
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  const url = URL.parse(text);
  return url !== null && url.host !== '' ? 'approved' : 'invalid';
}

function textOf(definition: JsonObject): string {
  return textIn(objectIn(objectIn(definition, 'metadata'), 'annotations'), annotation);
}
