import { isAlreadyExists, isConflict, isNotFound } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { FencedError, type Fence } from '../client/fence.ts';
import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import { keyText, type ObjectKey } from '../object/object-key.ts';
import { apiVersionOf } from '../object/resource-kind.ts';
import { decide, heldSpec, leaseKind, observe, releasedSpec, type Lease, type Observation } from './lease.ts';

/** How a leader is elected. The defaults are client-go's; all replicas must agree on them. */
export interface LeaderElectionTimes {
  /** A leader that was not heard of for so long is replaced, in milliseconds. @default 15_000 */
  readonly leaseDurationMs?: number;
  /** A leader that could not renew for so long stops leading. Shorter than the lease. @default 10_000 */
  readonly renewDeadlineMs?: number;
  /** Between two tries; candidates add up to a fifth, so that they do not come all at once. @default 2_000 */
  readonly retryPeriodMs?: number;
  /** The fence closes so long before the lease could have run out, for clocks that differ in rate. @default 1_000 */
  readonly fenceMarginMs?: number;
}

/** What an elector needs. */
export interface LeaderElectorOptions extends LeaderElectionTimes {
  readonly env: Env;
  /** Must not be fenced by this very elector. */
  readonly client: Pick<Client, 'get' | 'create' | 'patch'>;
  /** The Lease that candidates compete for. */
  readonly lease: ObjectKey;
  /**
   * Further Leases, of which any will do as well: as many candidates lead, each by one of them. Others may then free the
   * Lease of one that does not renew it, so one that finds its Lease freed has lost it, and does not take it again.
   */
  readonly places?: readonly ObjectKey[];
  /** Labels of a Lease that is created. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Unique to this process, also across restarts of a pod: `pod name`_`uuid`. */
  readonly identity: string;
  /** Told when leading begins and ends. */
  readonly onChange?: (isLeader: boolean) => void;
}

/** Why `run` came back: it was told to stop, its work ended by itself, or the lease could not be renewed in time. */
export type LeadershipEnd = 'stopped' | 'finished' | 'lost';

const defaults = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000, fenceMarginMs: 1000 };
const candidateJitter = 0.2;

/**
 * Competes for a Lease and runs work only while holding it. A renewal counts from when it was sent, another holder's
 * from when it was seen; both on the local monotonic clock, so a leader always stops before a standby begins.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions & Required<LeaderElectionTimes>;
  /** As last answered by the server: what the next conditional write is based on. */
  #lease: Lease | undefined;
  /** Which of the places is tried, or held. */
  #key: ObjectKey;
  readonly #observations = new Map<string, Observation>();
  #renewedAtMs: number | undefined;
  #isLeader = false;

  constructor(options: LeaderElectorOptions) {
    const times = { ...defaults, ...options };
    const { leaseDurationMs, renewDeadlineMs, retryPeriodMs, fenceMarginMs } = times;
    if (!(retryPeriodMs > 0 && retryPeriodMs < renewDeadlineMs && renewDeadlineMs <= leaseDurationMs - fenceMarginMs))
      throw new Error(
        'leader election needs retryPeriodMs < renewDeadlineMs <= leaseDurationMs - fenceMarginMs, ' +
          `not ${retryPeriodMs} < ${renewDeadlineMs} <= ${leaseDurationMs} - ${fenceMarginMs}`,
      );
    this.#options = times;
    this.#key = times.lease;
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  /** Refuses every write from when the lease could have run out. Give it to the client that the leader's work uses. */
  readonly fence: Fence = () => {
    const { env, leaseDurationMs, fenceMarginMs, identity } = this.#options;
    const validUntilMs = (this.#renewedAtMs ?? Number.NEGATIVE_INFINITY) + leaseDurationMs - fenceMarginMs;
    if (this.#isLeader && env.clock.monotonic() <= validUntilMs) return;
    throw new FencedError(
      `not sent: ${identity} ${this.#isLeader ? 'has not renewed' : 'does not hold'} the lease ${keyText(this.#key)}`,
    );
  };

  /**
   * Waits until it leads, runs `lead`, and keeps the lease until that has settled. When `signal` aborts or the lease
   * is lost, the signal given to `lead` aborts; after a stop the lease is kept until `lead` has ended and then
   * released, so that a standby takes over at its next try. Rejects when `lead` does. Call once.
   * @param lead resolves false when part of its work could not be ended: then the lease is left to run out.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<boolean | void>): Promise<LeadershipEnd> {
    const { env, identity } = this.#options;
    if (!(await this.#acquire(signal))) return 'stopped';
    this.#setLeader(true);
    env.log.info('leading', { lease: keyText(this.#key), identity });
    const leading = new AbortController();
    const renewing = new AbortController();
    const stopLeading = (): void => {
      leading.abort(signal.reason);
    };
    signal.addEventListener('abort', stopLeading, { once: true });
    if (signal.aborted) stopLeading();
    const renewal = this.#renewUntil(renewing.signal).then((isHeld) => {
      if (!isHeld) leading.abort(new Error(`the lease ${keyText(this.#key)} was lost`));
      return isHeld;
    });
    let hasEnded: boolean | void = true;
    try {
      hasEnded = await lead(leading.signal);
    } finally {
      signal.removeEventListener('abort', stopLeading);
      renewing.abort();
      const isHeld = await renewal;
      this.#setLeader(false);
      if (isHeld && hasEnded !== false) await this.#release();
    }
    if (!(await renewal)) return 'lost';
    return signal.aborted ? 'stopped' : 'finished';
  }

  /** Tries until it holds the lease (true) or `signal` aborts (false). An API server that is away is waited for. */
  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { env, retryPeriodMs, lease, places = [] } = this.#options;
    env.log.info('waiting for the lease', { lease: keyText(lease) });
    while (!signal.aborted) {
      for (const key of [lease, ...places]) {
        this.#key = key;
        if (await this.#tryToHold(signal)) return true;
      }
      await sleep(env.timers, retryPeriodMs * (1 + candidateJitter * env.random.next()), signal);
    }
    return false;
  }

  /** Renews every retry period. False once no renewal has succeeded for the renew deadline, true when aborted. */
  async #renewUntil(signal: AbortSignal): Promise<boolean> {
    const { env, retryPeriodMs, renewDeadlineMs } = this.#options;
    // From when the last try began, not from when it was answered: over a slow network every second counts.
    let triedAtMs = this.#renewedAtMs ?? env.clock.monotonic();
    for (;;) {
      const deadlineMs = (this.#renewedAtMs ?? 0) + renewDeadlineMs;
      const waitMs = Math.min(triedAtMs + retryPeriodMs, deadlineMs) - env.clock.monotonic();
      await sleep(env.timers, Math.max(waitMs, 1), signal);
      if (signal.aborted) return true;
      triedAtMs = env.clock.monotonic();
      if (triedAtMs < deadlineMs) await this.#tryToHold(signal);
      const isOver = env.clock.monotonic() >= (this.#renewedAtMs ?? 0) + renewDeadlineMs;
      if (isOver || this.#isTaken()) {
        this.#setLeader(false);
        env.log.error('the lease is lost', { lease: keyText(this.#key) });
        return false;
      }
    }
  }

  /** Whether another hand has had the lease that was ours. */
  #isTaken(): boolean {
    const { identity, places } = this.#options;
    const holder = this.#lease?.spec?.holderIdentity ?? '';
    return holder !== identity && (holder !== '' || places !== undefined);
  }

  /** One try. Whether the lease is held afterwards. Never rejects. */
  async #tryToHold(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#hold(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.env.log.warn('the lease could not be read or written', { error });
      return false;
    }
  }

  async #hold(signal: AbortSignal): Promise<boolean> {
    // A renewal needs no read: it is based on the answer to the last one, and a 409 tells when that is stale.
    if (this.#isLeader && this.#lease !== undefined && (await this.#write(this.#lease, signal))) return true;
    const { env, client } = this.#options;
    const key = this.#key;
    const wasLeader = this.#isLeader;
    const lease = await this.#bounded(signal, (limit) => client.get(leaseKind, key, limit));
    this.#lease = lease;
    if (wasLeader && this.#isTaken()) return false;
    if (lease === undefined) return this.#create(signal);
    const nowMs = env.clock.monotonic();
    const observation = observe(this.#observations.get(key.name), lease, nowMs);
    this.#observations.set(key.name, observation);
    const decision = decide(lease, this.#options, observation, nowMs);
    return decision === 'wait' ? false : this.#write(lease, signal);
  }

  /** Takes or renews the lease if it is still as `lease` shows it. */
  async #write(lease: Lease, signal: AbortSignal): Promise<boolean> {
    const { env, client } = this.#options;
    const spec = heldSpec(lease.spec, this.#options, env.clock.now());
    return this.#send(signal, (limit) => client.patch(leaseKind, lease, { spec }, limit));
  }

  async #create(signal: AbortSignal): Promise<boolean> {
    const { env, client, labels } = this.#options;
    const spec = heldSpec(undefined, this.#options, env.clock.now());
    const metadata = { ...this.#key, ...(labels === undefined ? {} : { labels }) };
    const object: Lease = { apiVersion: apiVersionOf(leaseKind), kind: 'Lease', metadata, spec };
    return this.#send(signal, (limit) => client.create(leaseKind, object, limit));
  }

  /** Whether the write was made. The lease is ours from when the request was sent, whatever its answer took. */
  async #send(signal: AbortSignal, request: (limit: AbortSignal) => Promise<Lease>): Promise<boolean> {
    const sentAtMs = this.#options.env.clock.monotonic();
    try {
      this.#lease = await this.#bounded(signal, request);
      this.#renewedAtMs = sentAtMs;
      return true;
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /**
   * Rejects when `signal` aborts, or when no answer comes within half the renew deadline, or within what a leader has
   * left of it. The answer is then not looked at any more, even if the request ignores its signal.
   */
  async #bounded<T>(signal: AbortSignal, request: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const { env, renewDeadlineMs } = this.#options;
    const remainingMs = this.#isLeader ? (this.#renewedAtMs ?? 0) + renewDeadlineMs - env.clock.monotonic() : Infinity;
    const limit = new AbortController();
    const stop = (): void => {
      limit.abort(new Error('the election was stopped'));
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const limitMs = Math.max(Math.min(renewDeadlineMs / 2, remainingMs), 0);
    const cancel = env.timers.schedule(limitMs, () => {
      limit.abort(new Error(`no answer within ${Math.round(limitMs)} ms`));
    });
    const gaveUp = new Promise<never>((_resolve, reject) => {
      const fail = (): void => {
        reject(limit.signal.reason as Error);
      };
      limit.signal.addEventListener('abort', fail);
      if (limit.signal.aborted) fail();
    });
    try {
      return await Promise.race([gaveUp, request(limit.signal)]);
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  }

  /** Best effort: if it fails, the lease runs out. */
  async #release(): Promise<void> {
    const { env, retryPeriodMs } = this.#options;
    const attempt = new AbortController();
    const cancel = env.timers.schedule(retryPeriodMs, () => {
      attempt.abort();
    });
    try {
      await this.#writeRelease(attempt.signal);
      env.log.info('released the lease', { lease: keyText(this.#key) });
    } catch (error) {
      env.log.warn('the lease could not be released; it runs out by itself', { error });
    } finally {
      cancel();
    }
  }

  /** A renewal whose answer was not waited for may have changed the lease: then it is read and written once more. */
  async #writeRelease(signal: AbortSignal): Promise<void> {
    const { env, client, identity } = this.#options;
    const key = this.#key;
    const write = async (lease: Lease | undefined): Promise<void> => {
      if (lease?.spec?.holderIdentity !== identity) return;
      const spec = releasedSpec(lease.spec, env.clock.now());
      await this.#bounded(signal, (limit) => client.patch(leaseKind, lease, { spec }, limit));
    };
    try {
      await write(this.#lease);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await write(await this.#bounded(signal, (limit) => client.get(leaseKind, key, limit)));
    }
  }

  #setLeader(isLeader: boolean): void {
    if (this.#isLeader === isLeader) return;
    this.#isLeader = isLeader;
    this.#options.onChange?.(isLeader);
  }
}
