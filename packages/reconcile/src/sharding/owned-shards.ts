import type { Client } from '../client/client.ts';
import { FencedError, type Fence } from '../client/fence.ts';
import type { ObjectKey } from '../object/object-key.ts';
import { shardOf } from './assign-shards.ts';

/** One reconcile's part in a shard. */
export interface ShardEntry {
  /** Writes only while the shard is ours. */
  readonly client: Client;
  /** Aborts when the shard is given up although the reconcile has not ended. */
  readonly signal: AbortSignal;
  /** Call it when the reconcile has ended. */
  leave(): void;
}

/** Which keys a process works on, as a controller sees it. */
export interface KeyShards {
  /** Whether new work on a key may be begun here. */
  owns(key: ObjectKey): boolean;
  /** Begins work on a key; undefined when it is not for us. */
  enter(key: ObjectKey): ShardEntry | undefined;
  /** Tells, after a shard became ours, which keys are in it. */
  onAcquired(listener: (isInShard: (key: ObjectKey) => boolean) => void): () => void;
}

interface OwnedShard {
  readonly abort: AbortController;
  readonly client: Client;
  isDraining: boolean;
  entries: number;
  onIdle: () => void;
}

/** The shards of this process, and the work that goes on in them. */
export class OwnedShards implements KeyShards {
  readonly count: number;
  readonly #clientWith: (fence: Fence) => Client;
  readonly #onChange: (shard: number, isOurs: boolean) => void;
  readonly #shards = new Map<number, OwnedShard>();
  readonly #listeners = new Set<(isInShard: (key: ObjectKey) => boolean) => void>();

  /**
   * @param options.clientWith a client that asks this fence before each write, beside the one of the member's own Lease.
   * @param options.onChange told when a shard becomes ours, and when it no longer is.
   */
  constructor(options: {
    readonly count: number;
    readonly clientWith: (fence: Fence) => Client;
    readonly onChange: (shard: number, isOurs: boolean) => void;
  }) {
    this.count = options.count;
    this.#clientWith = options.clientWith;
    this.#onChange = options.onChange;
  }

  /** All that are ours, in order, those too on which work is ending. */
  get held(): readonly number[] {
    return [...this.#shards.keys()].toSorted((a, b) => a - b);
  }

  owns(key: ObjectKey): boolean {
    return this.#shards.get(shardOf(key, this.count))?.isDraining === false;
  }

  enter(key: ObjectKey): ShardEntry | undefined {
    const shard = this.#shards.get(shardOf(key, this.count));
    if (shard === undefined || shard.isDraining) return undefined;
    shard.entries += 1;
    return {
      client: shard.client,
      signal: shard.abort.signal,
      leave: () => {
        shard.entries -= 1;
        if (shard.entries === 0) shard.onIdle();
      },
    };
  }

  onAcquired(listener: (isInShard: (key: ObjectKey) => boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** A shard is ours from now on. */
  acquire(shard: number): void {
    if (this.#shards.has(shard)) return;
    const owned: OwnedShard = {
      abort: new AbortController(),
      client: this.#clientWith(() => {
        if (this.#shards.get(shard) !== owned) throw new FencedError(`not sent: shard ${shard} is no longer ours`);
      }),
      isDraining: false,
      entries: 0,
      onIdle: () => undefined,
    };
    this.#shards.set(shard, owned);
    this.#onChange(shard, true);
    for (const listener of this.#listeners) listener((key) => shardOf(key, this.count) === shard);
  }

  /** Begins nothing new in a shard. Resolves when the work in it has ended. */
  async drain(shard: number): Promise<void> {
    const owned = this.#shards.get(shard);
    if (owned === undefined) return;
    owned.isDraining = true;
    if (owned.entries === 0) return;
    await new Promise<void>((resolve) => {
      owned.onIdle = resolve;
    });
  }

  /** A shard is no longer ours: what still works in it is aborted, and cannot write. Whether nothing did. */
  close(shard: number): boolean {
    const owned = this.#shards.get(shard);
    if (owned === undefined) return true;
    this.#shards.delete(shard);
    owned.abort.abort(new Error(`shard ${shard} was given up`));
    this.#onChange(shard, false);
    return owned.entries === 0;
  }
}
