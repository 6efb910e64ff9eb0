import { isAlreadyExists, isApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { isFenced } from '../client/fence.ts';
import type { Env } from '../env/env.ts';
import { formatTime } from '../env/time.ts';
import { sleep } from '../env/timers.ts';
import type { KubernetesObject } from '../object/object.ts';
import { EventCorrelator, type CorrelatorOptions } from './event-correlator.ts';
import {
  boundedMessage,
  boundedReason,
  eventKind,
  newEvent,
  referenceTo,
  type CoreEvent,
  type EventType,
  type Occurrence,
} from './event.ts';

/** Tells people what happened to an object, where `kubectl describe` and `kubectl events` show it. */
export interface EventRecorder {
  /**
   * Records an event. Never waits and never throws: it is written in the background, and dropped when the object has
   * had too many, the queue is full, or the API server does not take it. No decision may depend on it.
   */
  event(about: KubernetesObject, type: EventType, reason: string, message: string): void;
}

/** What an event writer needs. */
export interface EventWriterOptions {
  readonly env: Env;
  readonly client: Pick<Client, 'create' | 'patch'>;
  /** Who reports, usually the operator's name. */
  readonly component: string;
  /** Which replica, usually the pod's name. */
  readonly instance: string;
  /** Occurrences that may wait to be written. @default 1000 */
  readonly maxQueued?: number;
  readonly correlator?: CorrelatorOptions;
}

const maxTries = 5;
const firstRetryMs = 500;
const maxKnownEvents = 4096;

/** Writes recorded events one by one: the first of its kind by POST, repetitions by raising its count. */
export class EventWriter implements EventRecorder {
  readonly name = 'event-recorder';
  readonly needsLeaderElection = false;
  readonly #options: EventWriterOptions;
  readonly #correlator: EventCorrelator;
  readonly #queue: Occurrence[] = [];
  /** The Event that was last written for each key, oldest first. */
  readonly #written = new Map<string, CoreEvent>();
  #wake: (() => void) | undefined;
  #hasTrouble = false;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    this.#correlator = new EventCorrelator(options.correlator);
  }

  event(about: KubernetesObject, type: EventType, reason: string, message: string): void {
    if (this.#queue.length >= (this.#options.maxQueued ?? 1000)) {
      this.#reportTrouble('events are dropped because too many wait to be written', {});
      return;
    }
    const atMs = this.#options.env.clock.now();
    this.#queue.push({
      about: referenceTo(about),
      type,
      reason: boundedReason(reason),
      message: boundedMessage(message),
      atMs,
    });
    this.#wake?.();
  }

  /** Writes until `signal` aborts, then what is still queued, once and without retries. */
  async start(signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake);
    for (;;) {
      const occurrence = this.#queue.shift();
      if (occurrence !== undefined) await this.#record(occurrence, signal);
      else if (signal.aborted) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    signal.removeEventListener('abort', wake);
  }

  /** Never rejects. */
  async #record(occurrence: Occurrence, signal: AbortSignal): Promise<void> {
    const correlation = this.#correlator.correlate(occurrence);
    if (correlation.type === 'drop') return;
    const { env } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        this.#remember(correlation.key, await this.#write(correlation.key, correlation.occurrence));
        this.#hasTrouble = false;
        return;
      } catch (error) {
        if (tries >= maxTries || signal.aborted || !isWorthRetrying(error)) {
          this.#reportTrouble('an event could not be written and is dropped', { error });
          return;
        }
      }
      await sleep(env.timers, firstRetryMs * 2 ** (tries - 1), signal);
    }
  }

  async #write(key: string, occurrence: Occurrence): Promise<CoreEvent> {
    const { client } = this.#options;
    const previous = this.#written.get(key);
    if (previous !== undefined) {
      const raised = {
        count: previous.count + 1,
        lastTimestamp: formatTime(occurrence.atMs),
        message: boundedMessage(occurrence.message),
      };
      try {
        return await client.patch(eventKind, previous, raised);
      } catch (error) {
        if (isWorthRetrying(error) || isFenced(error)) throw error;
        this.#written.delete(key);
      }
    }
    const event = newEvent({ ...occurrence, message: boundedMessage(occurrence.message) }, this.#options);
    return client.create(eventKind, event).catch((error: unknown) => {
      if (isAlreadyExists(error)) return event;
      throw error;
    });
  }

  #remember(key: string, event: CoreEvent): void {
    this.#written.delete(key);
    this.#written.set(key, event);
    const [oldest] = this.#written.keys();
    if (this.#written.size > maxKnownEvents && oldest !== undefined) this.#written.delete(oldest);
  }

  /** One line per outage, not one per event. */
  #reportTrouble(message: string, fields: Readonly<Record<string, unknown>>): void {
    if (!this.#hasTrouble) this.#options.env.log.warn(message, fields);
    this.#hasTrouble = true;
  }
}

function isWorthRetrying(error: unknown): boolean {
  if (isFenced(error)) return false;
  return !isApiError(error) || error.status === 429 || error.status >= 500;
}
