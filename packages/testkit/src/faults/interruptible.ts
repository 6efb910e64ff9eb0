/**
 * What `body` brings, until `signal` aborts: then its reader gets the reason as an error at once, whatever `body` is
 * waiting for.
 */
export async function* interruptible(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  let interrupt = (): void => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = () => {
      reject(signal.reason as Error);
    };
  });
  interrupted.catch(() => undefined);
  signal.addEventListener('abort', interrupt);
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await Promise.race([iterator.next(), interrupted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', interrupt);
    // Not awaited: it comes back only when what `body` waits for has come.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
