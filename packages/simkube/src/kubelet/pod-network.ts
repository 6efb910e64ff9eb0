import type { HttpHandler, HttpRequest, HttpResponse } from './http-exchange.ts';

/** What came of a request to a pod's port. */
export type Delivery =
  | { readonly outcome: 'response'; readonly response: HttpResponse }
  /** Nothing listens there (any more). */
  | { readonly outcome: 'refused' }
  /** The server broke the connection after it had taken the request. */
  | { readonly outcome: 'reset' };

/** A server socket. */
export interface Listener {
  /** Refuses new requests and resolves when those in flight are answered: what `server.close()` does. */
  close(): Promise<void>;
  /** Refuses new requests and breaks those in flight: what a killed process does. */
  destroy(): void;
}

/** The virtual network of the pods: 10.244.0.0/16, reachable only through this object. */
export class PodNetwork {
  readonly #sockets = new Map<string, Socket>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #addresses = new Set<string>();
  #last = 0;

  /** An address that no pod has. Addresses go round, so that a freed one is not used again soon. */
  allocate(): string {
    for (let tries = 0; tries < 65_000; tries += 1) {
      this.#last = (this.#last % 65_000) + 1;
      const address = `10.244.${this.#last >> 8}.${this.#last & 255}`;
      if (this.#addresses.has(address)) continue;
      this.#addresses.add(address);
      return address;
    }
    throw new Error('the pod network 10.244.0.0/16 has no free address: delete pods');
  }

  /** Gives an address back, and whatever still listens there is destroyed. */
  release(address: string): void {
    for (const [key, socket] of this.#sockets) if (key.startsWith(`${address}:`)) socket.destroy();
    this.#watchers.delete(address);
    this.#addresses.delete(address);
  }

  /** Opens a server socket. Throws when the port is taken, as bind does. */
  listen(address: string, port: number, handler: HttpHandler): Listener {
    const key = `${address}:${port}`;
    if (this.#sockets.has(key)) throw new Error(`listen ${key}: address already in use`);
    const socket = new Socket(handler, () => {
      this.#sockets.delete(key);
      this.#notify(address);
    });
    this.#sockets.set(key, socket);
    this.#notify(address);
    return socket;
  }

  /** Whether a connection to the port would be accepted. */
  isListening(address: string, port: number): boolean {
    return this.#sockets.has(`${address}:${port}`);
  }

  /** Sends a request to a pod. It never rejects. */
  async dispatch(address: string, port: number, request: HttpRequest): Promise<Delivery> {
    const socket = this.#sockets.get(`${address}:${port}`);
    return socket === undefined ? { outcome: 'refused' } : socket.handle(request);
  }

  /** Calls `listener` whenever a port of the address opens or closes. Returns the unsubscription. */
  onChange(address: string, listener: () => void): () => void {
    const watchers = this.#watchers.get(address) ?? new Set();
    watchers.add(listener);
    this.#watchers.set(address, watchers);
    return () => {
      watchers.delete(listener);
    };
  }

  #notify(address: string): void {
    for (const watcher of this.#watchers.get(address) ?? []) watcher();
  }
}

class Socket implements Listener {
  readonly #handler: HttpHandler;
  readonly #onClosed: () => void;
  readonly #inFlight = new Set<(delivery: Delivery) => void>();
  #drained: (() => void)[] = [];
  #isOpen = true;

  constructor(handler: HttpHandler, onClosed: () => void) {
    this.#handler = handler;
    this.#onClosed = onClosed;
  }

  handle(request: HttpRequest): Promise<Delivery> {
    return new Promise((resolve) => {
      const finish = (delivery: Delivery): void => {
        if (!this.#inFlight.delete(finish)) return;
        resolve(delivery);
        if (this.#inFlight.size === 0) for (const drained of this.#drained.splice(0)) drained();
      };
      this.#inFlight.add(finish);
      this.#handler(request).then(
        (response) => finish({ outcome: 'response', response }),
        () => finish({ outcome: 'reset' }),
      );
    });
  }

  close(): Promise<void> {
    this.#stopAccepting();
    if (this.#inFlight.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  destroy(): void {
    this.#stopAccepting();
    for (const finish of this.#inFlight) finish({ outcome: 'reset' });
  }

  #stopAccepting(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClosed();
  }
}
