import { compileCondition, ruleEnvironment, type RuleEnvironment } from '@canaryop/reconcile/cel';

import { portErrors } from './field-checks.ts';
import {
  duplicateValue,
  invalidValue,
  requiredValue,
  tooMany,
  unsupportedValue,
  type FieldError,
} from './field-error.ts';
import { eachIn, fieldIn, listIn, numberIn, objectIn, textIn } from './json-access.ts';
import { dns1035Problems, qualifiedNameProblems, subdomainProblems } from './name-rules.ts';
import { selectorErrors } from './selector-validation.ts';
import type { Json, JsonObject } from './structural-schema.ts';

/** What a match condition may speak of. */
export const conditionVariables = ['object', 'oldObject', 'request'];

/** Rules of a MutatingWebhookConfiguration or a ValidatingWebhookConfiguration. */
export function webhookConfigurationErrors(configuration: JsonObject): readonly FieldError[] {
  const seen = new Set<string>();
  return eachIn(configuration, 'webhooks', {
    path: '',
    check: (webhook, path) => {
      const name = textIn(webhook, 'name');
      const repeated = name !== '' && seen.has(name) ? [duplicateValue(`${path}.name`, name)] : [];
      seen.add(name);
      return [...webhookErrors(webhook, path), ...reviewedErrors(webhook, path), ...repeated];
    },
  });
}

function reviewedErrors(webhook: Json, path: string): readonly FieldError[] {
  const missing = `must specify one of ${reviewVersions.join(', ')}`;
  return reviewVersionErrors(listIn(webhook, 'admissionReviewVersions'), `${path}.admissionReviewVersions`, missing);
}

function webhookErrors(webhook: Json, path: string): readonly FieldError[] {
  const timeout = numberIn(webhook, 'timeoutSeconds') ?? 10;
  return [
    ...qualifiedErrors(textIn(webhook, 'name'), `${path}.name`),
    ...eachIn(webhook, 'rules', { path, check: ruleErrors }),
    ...oneOf(webhook, 'failurePolicy', { path, known: ['Fail', 'Ignore'] }),
    ...oneOf(webhook, 'matchPolicy', { path, known: ['Equivalent', 'Exact'] }),
    ...sideEffectErrors(webhook, path),
    ...(timeout < 1 || timeout > 30
      ? [invalidValue(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...selectorErrors(fieldIn(webhook, 'namespaceSelector'), `${path}.namespaceSelector`),
    ...selectorErrors(fieldIn(webhook, 'objectSelector'), `${path}.objectSelector`),
    ...oneOf(webhook, 'reinvocationPolicy', { path, known: ['IfNeeded', 'Never'] }),
    ...clientConfigErrors(objectIn(webhook, 'clientConfig'), `${path}.clientConfig`),
    ...conditionErrors(webhook, path),
  ];
}

function qualifiedErrors(name: string, path: string): readonly FieldError[] {
  if (name === '') return [requiredValue(path)];
  const problems = subdomainProblems(name);
  if (problems.length > 0) return [invalidValue(path, name, problems.join(','))];
  const rule = 'should be a domain with at least three segments separated by dots';
  return name.split('.').length < 3 ? [invalidValue(path, name, rule)] : [];
}

function oneOf(
  object: Json,
  key: string,
  { path, known }: { readonly path: string; readonly known: readonly string[] },
): readonly FieldError[] {
  const value = fieldIn(object, key);
  const isKnown = value === undefined || (typeof value === 'string' && known.includes(value));
  return isKnown ? [] : [unsupportedValue(`${path}.${key}`, value, known)];
}

const sideEffectClasses = ['None', 'NoneOnDryRun'];

function sideEffectErrors(webhook: Json, path: string): readonly FieldError[] {
  if (fieldIn(webhook, 'sideEffects') === undefined) {
    return [requiredValue(`${path}.sideEffects`, `must specify one of ${sideEffectClasses.join(', ')}`)];
  }
  return oneOf(webhook, 'sideEffects', { path, known: sideEffectClasses });
}

const reviewVersions = ['v1', 'v1beta1'];

/** Versions of a review that a webhook speaks: one of them has to be known here. */
export function reviewVersionErrors(listed: readonly Json[], field: string, missing = ''): readonly FieldError[] {
  const versions = listed.map(String);
  if (versions.length === 0) return [requiredValue(field, missing)];
  const errors = versions.flatMap((version, at) =>
    versions.indexOf(version) < at
      ? [invalidValue(`${field}[${at}]`, version, 'duplicate version')]
      : dns1035Problems(version).map((problem) => invalidValue(`${field}[${at}]`, version, problem)),
  );
  const rule = `must include at least one of ${reviewVersions.join(', ')}`;
  const isKnown = versions.some((version) => reviewVersions.includes(version));
  return isKnown ? errors : [...errors, invalidValue(field, versions, rule)];
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

function ruleErrors(rule: Json, path: string): readonly FieldError[] {
  return [
    ...wildcardErrors(rule, 'operations', { path, others: 'operations' }),
    ...listIn(rule, 'operations').flatMap((operation, at) =>
      typeof operation === 'string' && operations.includes(operation)
        ? []
        : [unsupportedValue(`${path}.operations[${at}]`, operation, operations)],
    ),
    ...wildcardErrors(rule, 'apiGroups', { path, others: 'API groups' }),
    ...wildcardErrors(rule, 'apiVersions', { path, others: 'API versions' }),
    ...listIn(rule, 'apiVersions').flatMap((version, at) =>
      version === '' ? [requiredValue(`${path}.apiVersions[${at}]`)] : [],
    ),
    ...resourceErrors(listIn(rule, 'resources').map(String), `${path}.resources`),
    ...oneOf(rule, 'scope', { path, known: ['*', 'Cluster', 'Namespaced'] }),
  ];
}

/** A list that must name something, and nothing beside `*`. */
function wildcardErrors(
  rule: Json,
  key: string,
  { path, others }: { readonly path: string; readonly others: string },
): readonly FieldError[] {
  const values = listIn(rule, key);
  if (values.length === 0) return [requiredValue(`${path}.${key}`)];
  const text = `if '*' is present, must not specify other ${others}`;
  return values.length > 1 && values.includes('*') ? [invalidValue(`${path}.${key}`, values, text)] : [];
}

function resourceErrors(resources: readonly string[], path: string): readonly FieldError[] {
  const errors: FieldError[] = resources.length === 0 ? [requiredValue(path)] : [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  // As in kube-apiserver, the last one without a subresource decides.
  let isPlain = false;
  for (const [at, name] of resources.entries()) {
    const slash = name.indexOf('/');
    if (name === '') errors.push(requiredValue(`${path}[${at}]`));
    if (slash === -1) {
      if (name !== '') isPlain = name !== '*';
      continue;
    }
    const [resource, subresource] = [name.slice(0, slash), name.slice(slash + 1)];
    const covered = (by: string): FieldError =>
      invalidValue(`${path}[${at}]`, name, `if '${by}' is present, must not specify ${name}`);
    if (wholeResources.has(resource)) errors.push(covered(`${resource}/*`));
    if (wholeSubresources.has(subresource)) errors.push(covered(`*/${subresource}`));
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  }
  return [...errors, ...coveringErrors(resources, path, isPlain)];
}

function coveringErrors(resources: readonly string[], path: string, isPlain: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalidValue(path, [...resources], "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && isPlain) {
    const rule = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalidValue(path, [...resources], rule));
  }
  return errors;
}

/** Where a webhook is: at a URL, or behind a Service. */
export function clientConfigErrors(config: JsonObject, path: string): readonly FieldError[] {
  const { url, service } = config;
  if ((url === undefined) === (service === undefined)) {
    return [requiredValue(path, 'exactly one of url or service is required')];
  }
  if (url !== undefined) return urlErrors(textIn(config, 'url'), `${path}.url`);
  return serviceErrors(objectIn(config, 'service'), `${path}.service`);
}

const form = '; desired format: https://host[/path]';

function urlErrors(text: string, path: string): readonly FieldError[] {
  const parts =
    /^(?:(?<scheme>[a-z][-+.a-z0-9]*):)?(?:\/\/(?:(?<user>[^/?#@]*)@)?(?<host>[^/?#]*))?[^?#]*(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/iu;
  const { scheme = '', user, host = '', query = '', fragment = '' } = parts.exec(text)?.groups ?? {};
  const errors: FieldError[] = [];
  const refuse = (value: string, rule: string): void => void errors.push(invalidValue(path, value, rule));
  if (scheme.toLowerCase() !== 'https') refuse(scheme, `'https' is the only allowed URL scheme${form}`);
  if (host === '') refuse('', `host must be specified${form}`);
  if (user !== undefined) refuse(user, 'user information is not permitted in the URL');
  if (fragment !== '') refuse(fragment, 'fragments are not permitted in the URL');
  if (query !== '') refuse(query, 'query parameters are not permitted in the URL');
  return errors;
}

function serviceErrors(service: JsonObject, path: string): readonly FieldError[] {
  const urlPath = textIn(service, 'path');
  // kube-apiserver takes the one for the other when it looks for what is missing.
  return [
    ...(textIn(service, 'namespace') === '' ? [requiredValue(`${path}.name`)] : []),
    ...(textIn(service, 'name') === '' ? [requiredValue(`${path}.namespace`)] : []),
    ...portErrors(`${path}.port`, numberIn(service, 'port') ?? 443).map((error) => ({
      ...error,
      body: error.body.replace('must be between', 'port is not valid: must be between'),
    })),
    ...pathErrors(urlPath, `${path}.path`),
  ];
}

function pathErrors(urlPath: string, path: string): readonly FieldError[] {
  if (urlPath === '' || urlPath === '/') return [];
  if (urlPath === '//') return [invalidValue(path, urlPath, 'segment[0] may not be empty')];
  const steps = urlPath.slice(1).replace(/\/$/u, '').split('/');
  return [
    ...(urlPath.startsWith('/') ? [] : [invalidValue(path, urlPath, "must start with a '/'")]),
    ...steps.flatMap((step, at) =>
      step === ''
        ? [invalidValue(path, urlPath, `segment[${at}] may not be empty`)]
        : subdomainProblems(step).map((problem) => invalidValue(path, urlPath, `segment[${at}]: ${problem}`)),
    ),
  ];
}

const maxConditions = 64;
let environment: RuleEnvironment | undefined;

function conditionErrors(webhook: Json, path: string): readonly FieldError[] {
  const conditions = listIn(webhook, 'matchConditions');
  const seen = new Set<string>();
  const field = `${path}.matchConditions`;
  return [
    ...(conditions.length > maxConditions ? [tooMany(field, conditions.length, maxConditions)] : []),
    ...conditions.flatMap((condition, at) => {
      const name = textIn(condition, 'name');
      const repeated = name !== '' && seen.has(name) ? [duplicateValue(`${field}[${at}].name`, name)] : [];
      seen.add(name);
      return [...conditionError(condition, `${field}[${at}]`), ...repeated];
    }),
  ];
}

function conditionError(condition: Json, path: string): readonly FieldError[] {
  const name = textIn(condition, 'name');
  const expression = textIn(condition, 'expression').trim();
  return [
    ...(expression === '' ? [requiredValue(`${path}.expression`)] : expressionErrors(expression, `${path}.expression`)),
    ...(name === ''
      ? [requiredValue(`${path}.name`)]
      : qualifiedNameProblems(name).map((problem) => invalidValue(`${path}.name`, name, problem))),
  ];
}

function expressionErrors(expression: string, path: string): readonly FieldError[] {
  environment ??= ruleEnvironment();
  const compiled = compileCondition(expression, conditionVariables, environment);
  return compiled.ok ? [] : [invalidValue(path, expression, compiled.error)];
}
