/** What delivers signals: `process` does. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Aborts at the first SIGINT or SIGTERM, for a graceful stop. At the second one `force` is called, which only a main
 * module can implement by ending the process.
 */
export function terminationSignal(source: SignalSource, force: () => void): AbortSignal {
  const abort = new AbortController();
  const receive = (): void => {
    if (!abort.signal.aborted) {
      abort.abort(new Error('the process was asked to stop'));
      return;
    }
    source.off('SIGINT', receive);
    source.off('SIGTERM', receive);
    force();
  };
  source.on('SIGINT', receive);
  source.on('SIGTERM', receive);
  return abort.signal;
}
