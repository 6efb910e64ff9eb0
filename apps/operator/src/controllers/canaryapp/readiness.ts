/** When each workload was first seen ready, for as long as it stays so. In memory only: after a restart it settles anew. */
export class Readiness {
  readonly #since = new Map<string, Map<string, number>>();
  readonly #watched = new Map<string, number>();

  /**
   * Since when what `id` names is ready, by the clock of whoever asks.
   * @param key the application
   * @param id the workload and what it runs: another template is another wait
   */
  since(
    key: string,
    role: string,
    state: { readonly id: string; readonly ready: boolean; readonly now: number },
  ): number | undefined {
    const known = this.#since.get(key) ?? new Map<string, number>();
    const slot = `${role} ${state.id}`;
    for (const other of known.keys())
      if (other.startsWith(`${role} `) && (other !== slot || !state.ready)) known.delete(other);
    if (!state.ready) return undefined;
    // Never later than now: a clock that was set back must not make anybody wait.
    const since = Math.min(known.get(slot) ?? state.now, state.now);
    known.set(slot, since);
    this.#since.set(key, known);
    return since;
  }

  /** Since when this process has looked at an application, by the clock of whoever asks. */
  watchedSince(key: string, now: number): number {
    const since = Math.min(this.#watched.get(key) ?? now, now);
    this.#watched.set(key, since);
    return since;
  }

  /** Forgets an application that is gone. */
  forget(key: string): void {
    this.#since.delete(key);
    this.#watched.delete(key);
  }
}
