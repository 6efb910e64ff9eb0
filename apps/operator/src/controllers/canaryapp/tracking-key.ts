import { randomBytes } from 'node:crypto';

import { isAlreadyExists, type Client } from '@canaryop/reconcile/client';
import { sleep, type Env } from '@canaryop/reconcile/env';
import { Secret } from '@canaryop/reconcile/kinds';
import { keyText } from '@canaryop/reconcile/object';

import { checksumKey, type ChecksumKey } from '../../api/v1/config-checksum.ts';

/** Where the key is kept. */
export interface TrackingKeyOptions {
  readonly env: Env;
  readonly client: Pick<Client, 'get' | 'create'>;
  /** Absent: the operator has no namespace of its own, and tracks no Secrets. */
  readonly secret?: { readonly namespace: string; readonly name: string };
  /** Bytes that nobody can guess. @default those of the operating system */
  readonly randomBytes?: (count: number) => Uint8Array;
}

const keyBytes = 32;
const field = 'key';
const retryMs = { first: 1_000, longest: 60_000 };

/**
 * The key of the checksums of Secrets: a Secret in the operator's own namespace, made by whoever leads first. It stays
 * the same for as long as the process lives; when it is replaced, the next process begins with what is there then.
 */
export class TrackingKey {
  readonly #options: TrackingKeyOptions;
  #current: ChecksumKey | 'loading' | 'unreadable';

  constructor(options: TrackingKeyOptions) {
    this.#options = options;
    this.#current = options.secret === undefined ? 'unreadable' : 'loading';
  }

  /** `loading` until it was asked for, `unreadable` while it can't be had. */
  get current(): ChecksumKey | 'loading' | 'unreadable' {
    return this.#current;
  }

  /** Reads the key, or makes it, for as long as that takes. Never rejects. */
  async load(signal: AbortSignal): Promise<void> {
    const { env, secret } = this.#options;
    if (secret === undefined) return;
    for (let delayMs = retryMs.first; !signal.aborted; delayMs = Math.min(delayMs * 2, retryMs.longest)) {
      try {
        this.#current = await this.#readOrMake(secret, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const message = `no key for checksums of Secrets, so they are not tracked; may the operator get and create Secret ${keyText(secret)}?`;
        if (this.#current === 'loading') env.log.warn(message, { error });
        this.#current = 'unreadable';
        await sleep(env.timers, delayMs, signal);
      }
    }
  }

  async #readOrMake(key: { namespace: string; name: string }, signal: AbortSignal): Promise<ChecksumKey> {
    const { client, randomBytes: random = randomBytes } = this.#options;
    const known = await client.get(Secret, key, signal);
    if (known !== undefined) return keyIn(known);
    const bytes = Buffer.from(random(keyBytes)).toString('base64');
    const desired = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: key,
      immutable: true,
      type: 'Opaque',
      data: { [field]: bytes },
    };
    try {
      return keyIn(await client.create(Secret, desired, signal));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const other = await client.get(Secret, key, signal);
      if (other === undefined) throw error;
      return keyIn(other);
    }
  }
}

function keyIn({ metadata, data }: Secret): ChecksumKey {
  const bytes = Buffer.from(data?.[field] ?? '', 'base64');
  if (bytes.length < keyBytes)
    throw new Error(`Secret ${metadata.name} has no key of ${keyBytes} bytes; delete it, and another one is made`);
  return checksumKey(bytes);
}
