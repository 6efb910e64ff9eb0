import { isConflict, isForbidden, type Client } from '@canaryop/reconcile/client';
import { parseTime, type Env } from '@canaryop/reconcile/env';
import type { EventRecorder } from '@canaryop/reconcile/events';
import type { Endpoint, EndpointAnswer } from '@canaryop/reconcile/health';
import { Pod } from '@canaryop/reconcile/kinds';
import type { CounterMetric, MetricsRegistry } from '@canaryop/reconcile/metrics';
import { keyText } from '@canaryop/reconcile/object';

import { alertAnnotation, killableLabel, killedByAnnotation, type Role } from '../api/v1/names.ts';
import { Reason } from '../api/v1/reasons.ts';
import { rateLimit } from './rate-limit.ts';
import { readPayload, type NamedPod } from './webhook-payload.ts';

/** Where alerts are received. */
export const alertPaths = { alerts: '/alerts', kill: '/kill' } as const;
/** Alertmanager's notifications have a few kilobytes. */
export const maxPayloadBytes = 64 * 1024;

const rate = { burst: 20, perSecond: 5 };
const killer = 'pod-killer';
const maxNoteLength = 253;

/** What the receiver works with. */
export interface AlertReceiver {
  readonly env: Pick<Env, 'clock' | 'log'>;
  /** Not fenced: whichever replica is asked, what it writes is about exactly the pod that it has read. */
  readonly client: Pick<Client, 'get' | 'patch' | 'delete'>;
  readonly events: EventRecorder;
  /** Namespaces whose pods it may touch. */
  readonly namespaces: readonly string[];
  /** Which workload of ours a pod is of; undefined for a pod of somebody else's. */
  readonly roleOf: (pod: Pod) => Role | undefined;
  /** What is counted when a pod is killed. */
  readonly kills: CounterMetric;
}

/** Declares how often pods were killed. */
export function podKills(registry: MetricsRegistry): CounterMetric {
  return registry.counter({
    name: 'pod_killer_total',
    help: 'Pods that were deleted because an alert named them, by their label app',
    labels: ['deployment'],
  });
}

/**
 * The webhook of Alertmanager. `/alerts` notes an alert on the pod on trial that it names, where the engine sees it;
 * `/kill` deletes the pod. Alertmanager sends again what is answered with a 5xx, and nothing else.
 */
export function alertEndpoint(receiver: AlertReceiver): Endpoint {
  const mayPass = rateLimit(receiver.env.clock, rate);
  return async ({ method, path, body }) => {
    if (method !== 'POST') return answer(405, 'alerts are sent by POST');
    if (!mayPass()) return answer(503, 'too many notifications; send this one again later');
    const payload = readPayload(body);
    if (payload.kind === 'invalid') return answer(400, payload.why);
    if (payload.kind === 'ignored') return answer(200, `nothing to do: ${payload.why}`);
    const act = path === alertPaths.kill ? kill : note;
    const pods = path === alertPaths.kill ? payload.pods.slice(0, 1) : payload.pods;
    const answers: EndpointAnswer[] = [];
    for (const named of pods) answers.push(await tell(receiver, path, named, () => about(receiver, named, act)));
    // The worst one: what has to come again comes again, and what is done already is found done then.
    const status = Math.max(...answers.map((each) => each.status));
    return { status, body: answers.map((each) => each.body).join('') };
  };
}

type Act = (receiver: AlertReceiver, pod: Pod, named: NamedPod) => Promise<EndpointAnswer>;

async function tell(
  { env }: AlertReceiver,
  path: string,
  { pod, alert }: NamedPod,
  act: () => Promise<EndpointAnswer>,
): Promise<EndpointAnswer> {
  const told = await act().catch((error: unknown) => {
    if (isConflict(error)) return answer(503, `pod ${keyText(pod)} changed in the meantime`);
    if (!isForbidden(error)) throw error;
    return answer(
      403,
      `the operator may not do that to pod ${keyText(pod)}; bind its role alert-receiver in this namespace`,
    );
  });
  env.log.info('received an alert', { path, alert, pod: keyText(pod), status: told.status, answer: told.body.trim() });
  return told;
}

/** Looks the pod up, and does something if it is the one that the alert is about. */
async function about(receiver: AlertReceiver, named: NamedPod, act: Act): Promise<EndpointAnswer> {
  const { client, namespaces } = receiver;
  const key = keyText(named.pod);
  if (!namespaces.includes(named.pod.namespace))
    return answer(403, `namespace ${named.pod.namespace} is not among those of --alerts-namespace`);
  const pod = await client.get(Pod, named.pod);
  if (pod === undefined) return answer(200, `pod ${key} is gone already`);
  if (pod.metadata.deletionTimestamp !== undefined) return answer(200, `pod ${key} is on its way out`);
  // Pods of one name follow each other, and what the first one did is not the second one's fault.
  if (named.since !== undefined && named.since < (parseTime(pod.metadata.creationTimestamp) ?? 0))
    return answer(200, `the alert is older than pod ${key}, so that it is about an earlier one`);
  return act(receiver, pod, named);
}

/** The annotation is all: what it means is decided where everything else is. */
async function note(receiver: AlertReceiver, pod: Pod, { pod: key, alert }: NamedPod): Promise<EndpointAnswer> {
  if (receiver.roleOf(pod) !== 'secondary') return answer(200, `pod ${keyText(key)} is not on trial`);
  await annotate(receiver, pod, alertAnnotation, alert.slice(0, maxNoteLength));
  return answer(200, `noted on pod ${keyText(key)}`);
}

async function kill(receiver: AlertReceiver, pod: Pod, { pod: key, alert }: NamedPod): Promise<EndpointAnswer> {
  const { labels = {} } = pod.metadata;
  const isKillable = labels[killableLabel] === 'true' || receiver.roleOf(pod) !== undefined;
  if (!isKillable)
    return answer(403, `pod ${keyText(key)} is of no CanaryApp, and has no label ${killableLabel}: "true"`);
  const marked = await annotate(receiver, pod, killedByAnnotation, killer);
  await receiver.client.delete(Pod, marked);
  receiver.kills.add({ deployment: labels['app'] ?? '' });
  receiver.events.event(pod, 'Warning', Reason.PodKilled, `deleted, as alert ${alert} named it`);
  return answer(200, `deleted pod ${keyText(key)}`);
}

function annotate({ client }: AlertReceiver, pod: Pod, name: string, value: string): Promise<Pod> {
  return client.patch(Pod, pod, { metadata: { annotations: { [name]: value } } });
}

function answer(status: number, text: string): EndpointAnswer {
  return { status, body: `${text}\n` };
}
