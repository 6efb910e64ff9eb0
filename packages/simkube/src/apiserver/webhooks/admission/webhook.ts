import { compileCondition, ruleEnvironment, type Condition, type RuleEnvironment } from '@canaryop/reconcile/cel';

import { conditionVariables } from '../../../schema/webhook-validation.ts';
import {
  isJsonObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  type ApiObject,
  type JsonObject,
} from '../../object/api-object.ts';
import { parseLabelSelector, type LabelPredicate } from '../../selector/label-selector.ts';
import { selectorText } from '../../selector/selector-text.ts';
import type { Storage } from '../../storage/storage.ts';

/** One rule of a webhook: which operations on which resources it is about. */
export interface WebhookRule {
  readonly operations: readonly string[];
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

/** One webhook of a configuration, read. */
export interface Webhook {
  /** Unique among all webhooks of its sort. */
  readonly id: string;
  readonly name: string;
  readonly clientConfig: JsonObject;
  readonly rules: readonly WebhookRule[];
  readonly isIgnoredWhenFailing: boolean;
  readonly matchesEquivalents: boolean;
  readonly supportsDryRun: boolean;
  readonly isReinvoked: boolean;
  readonly timeoutMs: number;
  /** The version of AdmissionReview that is spoken with it; undefined when none is known to both. */
  readonly reviewVersion: string | undefined;
  /** Undefined: it takes all. */
  readonly namespaceSelector: LabelPredicate | undefined;
  readonly objectSelector: LabelPredicate | undefined;
  readonly conditions: readonly { readonly name: string; readonly condition: Condition }[];
}

const known = new WeakMap<ApiObject, readonly Webhook[]>();

/** The webhooks of one sort, in the order of their configurations' names. */
export function webhooksOf(storage: Storage, sort: 'mutating' | 'validating'): readonly Webhook[] {
  const store = storage.store(`${sort}webhookconfigurations.admissionregistration.k8s.io`);
  return store.size === 0 ? [] : store.list().flatMap(read);
}

function read(configuration: ApiObject): readonly Webhook[] {
  let webhooks = known.get(configuration);
  if (webhooks === undefined) {
    webhooks = listAt(configuration, 'webhooks')
      .filter(isJsonObject)
      .map((webhook, at) => readWebhook(webhook, `${configuration.metadata.name}/${at}`));
    known.set(configuration, webhooks);
  }
  return webhooks;
}

const strings = (value: unknown, key: string): readonly string[] => listAt(value, key).map(String);

function readWebhook(webhook: JsonObject, place: string): Webhook {
  const name = stringAt(webhook, 'name') ?? '';
  return {
    id: `${place}/${name}`,
    name,
    clientConfig: objectAt(webhook, 'clientConfig'),
    rules: listAt(webhook, 'rules').map((rule) => ({
      operations: strings(rule, 'operations'),
      groups: strings(rule, 'apiGroups'),
      versions: strings(rule, 'apiVersions'),
      resources: strings(rule, 'resources'),
      scope: stringAt(rule, 'scope') ?? '*',
    })),
    isIgnoredWhenFailing: webhook['failurePolicy'] === 'Ignore',
    matchesEquivalents: webhook['matchPolicy'] !== 'Exact',
    supportsDryRun: webhook['sideEffects'] === 'None' || webhook['sideEffects'] === 'NoneOnDryRun',
    isReinvoked: webhook['reinvocationPolicy'] === 'IfNeeded',
    timeoutMs: (numberAt(webhook, 'timeoutSeconds') ?? 10) * 1000,
    reviewVersion: strings(webhook, 'admissionReviewVersions').find((each) => each === 'v1' || each === 'v1beta1'),
    namespaceSelector: selectorOf(webhook['namespaceSelector']),
    objectSelector: selectorOf(webhook['objectSelector']),
    conditions: listAt(webhook, 'matchConditions').map((condition) => ({
      name: stringAt(condition, 'name') ?? '',
      condition: conditionOf((stringAt(condition, 'expression') ?? '').trim()),
    })),
  };
}

function selectorOf(selector: unknown): LabelPredicate | undefined {
  const text = selectorText(selector);
  return text === '' ? undefined : parseLabelSelector(text);
}

let environment: RuleEnvironment | undefined;

function conditionOf(expression: string): Condition {
  environment ??= ruleEnvironment();
  const compiled = compileCondition(expression, conditionVariables, environment);
  if (!compiled.ok) return () => ({ error: compiled.error });
  return (values) => {
    const holds = compiled.condition(values);
    return typeof holds === 'boolean'
      ? holds
      : { error: `expression '${expression}' resulted in error: ${holds.error}` };
  };
}
