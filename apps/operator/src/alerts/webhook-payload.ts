import { parseTime } from '@canaryop/reconcile/env';
import {
  isJsonObject,
  ownValue,
  parseJson,
  present,
  type JsonObject,
  type ObjectKey,
} from '@canaryop/reconcile/object';

/** A pod that alerts name. */
export interface NamedPod {
  readonly pod: ObjectKey & { readonly namespace: string };
  /** The alert's name. */
  readonly alert: string;
  /** When it began, in ms since the epoch; absent where the payload does not say. */
  readonly since?: number;
}

/** What Alertmanager said: pods, nothing that is for us, or nothing that can be understood. */
export type Payload =
  | { readonly kind: 'named'; readonly pods: readonly [NamedPod, ...NamedPod[]] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'invalid'; readonly why: string };

const version = '4';
/** Other pods of one notification are left for the next one. */
const maxPods = 20;
const maxNameLength = { pod: 253, namespace: 63 } as const;
const podLabels = ['kubernetes_pod_name', 'pod'];
const namespaceLabels = ['kubernetes_namespace', 'namespace'];
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const unnamed = 'no firing alert has a label kubernetes_pod_name or pod, and a label namespace';

/**
 * Reads a notification of Alertmanager's webhook. Only firing alerts count. A pod is named by the label
 * kubernetes_pod_name, of all of them or else of an alert, and then by pod. The first pod that is named comes first.
 */
export function readPayload(text: string): Payload {
  const payload = parseJson(text);
  if (!isJsonObject(payload)) return { kind: 'invalid', why: 'the body is no JSON object' };
  if (ownValue(payload, 'version') !== version)
    return { kind: 'invalid', why: `version is not ${JSON.stringify(version)}, the one of Alertmanager's webhook` };
  const alerts = ownValue(payload, 'alerts');
  if (!Array.isArray(alerts) || !alerts.every(isJsonObject)) return { kind: 'invalid', why: 'alerts is no list' };
  const firing = alerts.filter((alert) => ownValue(alert, 'status') === 'firing');
  if (ownValue(payload, 'status') !== 'firing' || firing.length === 0)
    return { kind: 'ignored', why: 'no alert is firing' };
  return podsOf(labelsIn(payload, 'commonLabels'), firing);
}

function podsOf(common: JsonObject, firing: readonly JsonObject[]): Payload {
  const pods = new Map<string, NamedPod>();
  for (const alert of firing) {
    const named = podOf(common, alert);
    if (named === 'malformed') return { kind: 'invalid', why: 'a label names what can be no pod' };
    if (named === undefined) continue;
    const key = `${named.pod.namespace}/${named.pod.name}`;
    pods.set(key, newest(pods.get(key), named));
  }
  const [first, ...others] = [...pods.values()].slice(0, maxPods);
  return first === undefined ? { kind: 'ignored', why: unnamed } : { kind: 'named', pods: [first, ...others] };
}

/** Of two alerts that name one pod, the one that began last: an older one may be about an earlier pod of that name. */
function newest(known: NamedPod | undefined, named: NamedPod): NamedPod {
  const since = ({ since: at = Infinity }: NamedPod): number => at;
  return known !== undefined && since(known) >= since(named) ? known : named;
}

function podOf(common: JsonObject, alert: JsonObject): NamedPod | 'malformed' | undefined {
  const labels = labelsIn(alert, 'labels');
  const name = firstOf(podLabels, common, labels);
  const namespace = firstOf(namespaceLabels, common, labels);
  if (name === undefined || namespace === undefined) return undefined;
  const isWellFormed =
    name.length <= maxNameLength.pod &&
    namespace.length <= maxNameLength.namespace &&
    subdomain.test(name) &&
    subdomain.test(namespace);
  if (!isWellFormed) return 'malformed';
  const startsAt = ownValue(alert, 'startsAt');
  const since = typeof startsAt === 'string' ? parseTime(startsAt) : undefined;
  return present({ pod: { namespace, name }, alert: textIn(labels, 'alertname') ?? 'an alert without a name', since });
}

/** The value of the first of these labels that is there: of all alerts, or else of this one. */
function firstOf(names: readonly string[], common: JsonObject, labels: JsonObject): string | undefined {
  return names
    .flatMap((name) => [textIn(common, name), textIn(labels, name)])
    .find((value) => value !== undefined && value !== '');
}

function labelsIn(object: JsonObject, key: string): JsonObject {
  const labels = ownValue(object, key);
  return isJsonObject(labels) ? labels : {};
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = ownValue(object, key);
  return typeof value === 'string' ? value : undefined;
}
