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
  #observation: Observation | undefined;
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
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  /** Refuses every write from when the lease could have run out. Give it to the client that the leader's work uses. */
  readonly fence: Fence = () => {
    const { env, leaseDurationMs, fenceMarginMs, lease, identity } = this.#options;
    const validUntilMs = (this.#renewedAtMs ?? Number.NEGATIVE_INFINITY) + leaseDurationMs - fenceMarginMs;
    if (this.#isLeader && env.clock.monotonic() <= validUntilMs) return;
    throw new FencedError(
      `not sent: ${identity} ${this.#isLeader ? 'has not renewed' : 'does not hold'} the lease ${keyText(lease)}`,
    );
  };

  /**
   * Waits until it leads, runs `lead`, and keeps the lease until that has settled. When `signal` aborts or the lease
   * is lost, the signal given to `lead` aborts; after a stop the lease is kept until `lead` has ended and then
   * released, so that a standby takes over at its next try. Rejects when `lead` does. Call once.
   * @param lead resolves false when part of its work could not be ended: then the lease is left to run out.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<boolean | void>): Promise<LeadershipEnd> {
    const { env, lease, identity } = this.#options;
    if (!(await this.#acquire(signal))) return 'stopped';
    this.#setLeader(true);
    env.log.info('leading', { lease: keyText(lease), identity });
    const leading = new AbortController();
    const renewing = new AbortController();
    const stopLeading = (): void => {
      leading.abort(signal.reason);
    };
    signal.addEventListener('abort', stopLeading, { once: true });
    if (signal.aborted) stopLeading();
    const renewal = this.#renewUntil(renewing.signal).then((isHeld) => {
      if (!isHeld) leading.abort(new Error(`the lease ${keyText(lease)} was lost`));
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
    const { env, retryPeriodMs, lease } = this.#options;
    env.log.info('waiting for the lease', { lease: keyText(lease) });
    while (!signal.aborted) {
      if (await this.#tryToHold(signal)) return true;
      await sleep(env.timers, retryPeriodMs * (1 + candidateJitter * env.random.next()), signal);
    }
    return false;
  }

  /** Renews every retry period. False once no renewal has succeeded for the renew deadline, true when aborted. */
  async #renewUntil(signal: AbortSignal): Promise<boolean> {
    const { env, retryPeriodMs, renewDeadlineMs, lease } = this.#options;
    for (;;) {
      const deadlineMs = (this.#renewedAtMs ?? 0) + renewDeadlineMs;
      const remainingMs = deadlineMs - env.clock.monotonic();
      await sleep(env.timers, Math.max(Math.min(retryPeriodMs, remainingMs), 1), signal);
      if (signal.aborted) return true;
      if (env.clock.monotonic() < deadlineMs) await this.#tryToHold(signal);
      const isOver = env.clock.monotonic() >= (this.#renewedAtMs ?? 0) + renewDeadlineMs;
      if (isOver || this.#isHeldByAnother()) {
        this.#setLeader(false);
        env.log.error('the lease is lost', { lease: keyText(lease) });
        return false;
      }
    }
  }

  #isHeldByAnother(): boolean {
    const holder = this.#lease?.spec?.holderIdentity ?? '';
    return holder !== '' && holder !== this.#options.identity;
  }

  /** One try, bounded in time. Whether the lease is held afterwards. Never rejects. */
  async #tryToHold(signal: AbortSignal): Promise<boolean> {
    const { env, renewDeadlineMs } = this.#options;
    if (signal.aborted) return false;
    const attempt = new AbortController();
    const abort = (): void => {
      attempt.abort();
    };
    signal.addEventListener('abort', abort, { once: true });
    const remainingMs = this.#isLeader ? (this.#renewedAtMs ?? 0) + renewDeadlineMs - env.clock.monotonic() : Infinity;
    const cancel = env.timers.schedule(Math.min(renewDeadlineMs / 2, remainingMs), abort);
    const gaveUp = new Promise<false>((resolve) => {
      attempt.signal.addEventListener('abort', () => {
        resolve(false);
      });
    });
    try {
      return await Promise.race([this.#hold(attempt.signal), gaveUp]);
    } catch (error) {
      if (!signal.aborted) env.log.warn('the lease could not be read or written', { error });
      return false;
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  async #hold(signal: AbortSignal): Promise<boolean> {
    // A renewal needs no read: it is based on the answer to the last one, and a 409 tells when that is stale.
    if (this.#isLeader && this.#lease !== undefined && (await this.#write(this.#lease, signal))) return true;
    const { env, client, lease: key } = this.#options;
    const lease = await client.get(leaseKind, key, signal);
    if (signal.aborted) return false;
    if (lease === undefined) return this.#create(signal);
    this.#lease = lease;
    const nowMs = env.clock.monotonic();
    this.#observation = observe(this.#observation, lease, nowMs);
    const decision = decide(lease, this.#options, this.#observation, nowMs);
    return decision === 'wait' ? false : this.#write(lease, signal);
  }

  /** Takes or renews the lease if it is still as `lease` shows it. */
  async #write(lease: Lease, signal: AbortSignal): Promise<boolean> {
    const { env, client } = this.#options;
    const spec = heldSpec(lease.spec, this.#options, env.clock.now());
    return this.#send(() => client.patch(leaseKind, lease, { spec }, signal), signal);
  }

  async #create(signal: AbortSignal): Promise<boolean> {
    const { env, client, lease } = this.#options;
    const spec = heldSpec(undefined, this.#options, env.clock.now());
    const object: Lease = { apiVersion: apiVersionOf(leaseKind), kind: 'Lease', metadata: { ...lease }, spec };
    return this.#send(() => client.create(leaseKind, object, signal), signal);
  }

  /** Whether the write was made. The lease is ours from when the request was sent, whatever its answer took. */
  async #send(request: () => Promise<Lease>, signal: AbortSignal): Promise<boolean> {
    const sentAtMs = this.#options.env.clock.monotonic();
    try {
      const lease = await request();
      if (signal.aborted) return false;
      this.#lease = lease;
      this.#renewedAtMs = sentAtMs;
      return true;
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /** Best effort: if it fails, the lease runs out. */
  async #release(): Promise<void> {
    const { env, lease, retryPeriodMs } = this.#options;
    const attempt = new AbortController();
    const cancel = env.timers.schedule(retryPeriodMs, () => {
      attempt.abort();
    });
    const gaveUp = new Promise<never>((_resolve, reject) => {
      attempt.signal.addEventListener('abort', () => {
        reject(new Error(`no answer within ${retryPeriodMs} ms`));
      });
    });
    try {
      await Promise.race([this.#writeRelease(attempt.signal), gaveUp]);
      env.log.info('released the lease', { lease: keyText(lease) });
    } catch (error) {
      env.log.warn('the lease could not be released; it runs out by itself', { error });
    } finally {
      cancel();
    }
  }

  /** A renewal whose answer was not waited for may have changed the lease: then it is read and written once more. */
  async #writeRelease(signal: AbortSignal): Promise<void> {
    const { env, client, lease: key, identity } = this.#options;
    const write = async (lease: Lease | undefined): Promise<void> => {
      if (lease?.spec?.holderIdentity !== identity) return;
      await client.patch(leaseKind, lease, { spec: releasedSpec(lease.spec, env.clock.now()) }, signal);
    };
    try {
      await write(this.#lease);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await write(await client.get(leaseKind, key, signal));
    }
  }

  #setLeader(isLeader: boolean): void {
    if (this.#isLeader === isLeader) return;
    this.#isLeader = isLeader;
    this.#options.onChange?.(isLeader);
  }
}
