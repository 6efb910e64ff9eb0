import { formatTime, type Env } from '@canaryop/reconcile/env';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';
import { hashName } from './safe-name.ts';

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

const eventKind = resourceKind<CoreEvent>({ group: '', version: 'v1', kind: 'Event', plural: 'events' });

/**
 * Writes events about objects. The same event again raises the count of the first, as client-go's correlator does.
 * An event that is refused (its namespace is going, say) is dropped: events never hold work up.
 */
export class EventSink {
  readonly #env: Env;
  readonly #api: Loopback;
  readonly #component: string;

  constructor(env: Env, api: Loopback, component: string) {
    this.#env = env;
    this.#api = api;
    this.#component = component;
  }

  normal(about: KubernetesObject, reason: string, message: string): void {
    this.#write(about, { type: 'Normal', reason, message });
  }

  warn(about: KubernetesObject, reason: string, message: string): void {
    this.#write(about, { type: 'Warning', reason, message });
  }

  #write(about: KubernetesObject, what: Pick<CoreEvent, 'type' | 'reason' | 'message'>): void {
    const { name: aboutName, namespace = 'default', uid = '' } = about.metadata;
    const name = `${aboutName}.${hashName([uid, this.#component, what.type, what.reason, what.message].join('|'))}`;
    const now = formatTime(this.#env.clock.now());
    try {
      const known = this.#api.get(eventKind, { namespace, name });
      if (known !== undefined) {
        this.#api.update(eventKind, { ...known, count: known.count + 1, lastTimestamp: now });
        return;
      }
      this.#api.create(eventKind, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { namespace, name },
        involvedObject: { apiVersion: about.apiVersion, kind: about.kind, namespace, name: aboutName, uid },
        ...what,
        source: { component: this.#component },
        reportingComponent: this.#component,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      });
    } catch (error) {
      this.#env.log.debug('event dropped', { reason: what.reason, error: String(error) });
    }
  }
}
