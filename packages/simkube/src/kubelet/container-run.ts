import type { HttpHandler } from './http-exchange.ts';
import type { Listener, PodNetwork } from './pod-network.ts';
import type { Program, ProgramContext } from './program.ts';

/** The exit code of a process that SIGKILL ended. */
const killedExitCode = 137;

/** What a run takes from its container. */
export interface ContainerRunOptions {
  readonly program: Program;
  readonly network: PodNetwork;
  readonly address: string;
  readonly context: Omit<ProgramContext, 'signal' | 'killed' | 'listen'>;
  /** Called once, with the exit code. */
  readonly onExit: (exitCode: number) => void;
}

/** One execution of a container's program, from start to exit. */
export class ContainerRun {
  readonly #options: ContainerRunOptions;
  readonly #terminate = new AbortController();
  readonly #kill = new AbortController();
  readonly #listeners = new Set<Listener>();
  #hasExited = false;

  constructor(options: ContainerRunOptions) {
    this.#options = options;
  }

  start(): void {
    const { context, program } = this.#options;
    const running = (async () =>
      program({
        ...context,
        signal: this.#terminate.signal,
        killed: this.#kill.signal,
        log: (text) => {
          if (!this.#hasExited) context.log(text);
        },
        listen: (port, handler) => this.#listen(port, handler),
      }))();
    running.then(
      (exitCode) => {
        this.#exit(exitCode);
      },
      (error: unknown) => {
        context.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
        this.#exit(1);
      },
    );
  }

  /** SIGTERM. */
  terminate(): void {
    this.#terminate.abort();
  }

  /** SIGKILL: sockets break and the program counts as gone, whatever it still does. */
  kill(): void {
    this.#terminate.abort();
    this.#kill.abort();
    this.#exit(killedExitCode);
  }

  #listen(port: number, handler: HttpHandler): Listener {
    if (this.#hasExited) throw new Error('the container has ended: it cannot listen');
    const listener = this.#options.network.listen(this.#options.address, port, handler);
    this.#listeners.add(listener);
    return listener;
  }

  #exit(exitCode: number): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    for (const listener of this.#listeners) listener.destroy();
    this.#listeners.clear();
    this.#options.onExit(exitCode);
  }
}
