import { forbiddenValue, invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { fieldIn, listIn, objectIn, textIn } from './json-access.ts';
import type { JsonObject } from './structural-schema.ts';
import { clientConfigErrors, reviewVersionErrors } from './webhook-validation.ts';

const strategies = ['None', 'Webhook'];
const path = 'spec.conversion';

/** Rules of a definition's conversion. Errors point where kube-apiserver keeps the fields internally. */
export function conversionErrors(spec: JsonObject): readonly FieldError[] {
  if (fieldIn(spec, 'conversion') === undefined) return [];
  const conversion = objectIn(spec, 'conversion');
  const strategy = textIn(conversion, 'strategy');
  if (strategy === '') return [requiredValue(`${path}.strategy`)];
  const errors: FieldError[] = [];
  if (strategy !== 'None' && spec['preserveUnknownFields'] === true) {
    errors.push(invalidValue(`${path}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true'));
  }
  if (!strategies.includes(strategy)) errors.push(unsupportedValue(`${path}.strategy`, strategy, strategies));
  const webhook = objectIn(conversion, 'webhook');
  return [...errors, ...(strategy === 'Webhook' ? webhookErrors(webhook) : leftovers(webhook))];
}

function leftovers(webhook: JsonObject): readonly FieldError[] {
  const rule = 'should not be set when strategy is not set to Webhook';
  const errors =
    fieldIn(webhook, 'clientConfig') === undefined ? [] : [forbiddenValue(`${path}.webhookClientConfig`, rule)];
  if (listIn(webhook, 'conversionReviewVersions').length === 0) return errors;
  return [...errors, forbiddenValue(`${path}.conversionReviewVersions`, rule)];
}

function webhookErrors(webhook: JsonObject): readonly FieldError[] {
  const field = `${path}.webhookClientConfig`;
  return [
    ...(fieldIn(webhook, 'clientConfig') === undefined
      ? [requiredValue(field, 'required when strategy is set to Webhook')]
      : clientConfigErrors(objectIn(webhook, 'clientConfig'), field)),
    ...reviewVersionErrors(listIn(webhook, 'conversionReviewVersions'), `${path}.conversionReviewVersions`),
  ];
}

const maxWarning = 256;

/** Rules of what a deprecated version says. */
export function deprecationErrors(version: JsonObject, field: string): readonly FieldError[] {
  const warning = fieldIn(version, 'deprecationWarning');
  if (typeof warning !== 'string') return [];
  if (version['deprecated'] !== true) return [invalidValue(field, warning, 'can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (warning.length > maxWarning) errors.push(invalidValue(field, warning, 'must be <= 256 characters long'));
  if (warning === '') errors.push(invalidValue(field, warning, 'must not be an empty string'));
  const at = warning.search(/[\p{C}\p{Zl}\p{Zp}]/u);
  if (at !== -1) {
    const rule = 'must only contain printable UTF-8 characters; non-printable character found at index';
    errors.push(invalidValue(field, warning, `${rule} ${at}`));
  }
  return errors;
}
