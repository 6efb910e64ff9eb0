import { formatTime, type Env } from '@canaryop/reconcile/env';
import { resourceKind, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';

/** A core/v1 Event, as `kubectl describe` shows it. */
interface CoreEvent extends KubernetesObject {
  readonly involvedObject: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
  readonly source: { readonly component: string };
  readonly reportingComponent: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: number;
}

type EventText = Pick<CoreEvent, 'type' | 'reason' | 'message' | 'reportingComponent'>;

const eventKind = resourceKind<CoreEvent>({ group: '', version: 'v1', kind: 'Event', plural: 'events' });

/** How many events are kept; the oldest go first, as a real server's do after an hour. */
const maxEvents = 5000;

/** Where a component reports what it did to an object. */
export interface EventSink {
  normal(about: KubernetesObject, reason: string, message: string): void;
  warn(about: KubernetesObject, reason: string, message: string): void;
}

/**
 * Writes the events of all components. The same event again raises the count of the first, as client-go's correlator
 * does. An event that is refused (its namespace is going, say) is dropped: events never hold work up.
 */
export class EventWriter {
  readonly #env: Env;
  readonly #api: Loopback;
  readonly #written = new Map<string, ObjectKey>();
  #sequence = 0;

  constructor(env: Env, api: Loopback) {
    this.#env = env;
    this.#api = api;
  }

  /** The sink of one component. */
  for(component: string): EventSink {
    return {
      normal: (about, reason, message) => {
        this.#write(about, { type: 'Normal', reason, message, reportingComponent: component });
      },
      warn: (about, reason, message) => {
        this.#write(about, { type: 'Warning', reason, message, reportingComponent: component });
      },
    };
  }

  #write(about: KubernetesObject, what: EventText): void {
    const identity = [about.metadata.uid, what.reportingComponent, what.type, what.reason, what.message].join('|');
    try {
      if (!this.#repeat(this.#written.get(identity))) this.#first(identity, about, what);
    } catch (error) {
      this.#env.log.debug('event dropped', { reason: what.reason, error: String(error) });
    }
  }

  #repeat(key: ObjectKey | undefined): boolean {
    const known = key === undefined ? undefined : this.#api.get(eventKind, key);
    if (known === undefined) return false;
    const lastTimestamp = formatTime(this.#env.clock.now());
    this.#api.update(eventKind, { ...known, count: known.count + 1, lastTimestamp });
    return true;
  }

  #first(identity: string, about: KubernetesObject, what: EventText): void {
    const { name: aboutName, namespace = 'default', uid = '' } = about.metadata;
    const now = this.#env.clock.now();
    this.#sequence += 1;
    // As with client-go, names are in the order of time, which is what kubectl falls back on within a second.
    const order = (BigInt(Math.floor(now)) * 1_000_000n + BigInt(this.#sequence % 1_000_000)).toString(16);
    const key = { namespace, name: `${aboutName}.${order}` };
    this.#api.create(eventKind, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: key,
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, namespace, name: aboutName, uid },
      ...what,
      source: { component: what.reportingComponent },
      firstTimestamp: formatTime(now),
      lastTimestamp: formatTime(now),
      count: 1,
    });
    this.#written.set(identity, key);
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    if (this.#written.size <= maxEvents) return;
    for (const [identity, key] of this.#written) {
      this.#written.delete(identity);
      if (this.#api.get(eventKind, key) !== undefined) this.#api.delete(eventKind, key);
      return;
    }
  }
}
