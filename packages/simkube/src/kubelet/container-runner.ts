import { formatTime, type Cancel, type Env } from '@canaryop/reconcile/env';

import type { Loopback } from '../apiserver/loopback.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../kinds/core-v1.ts';
import { BackOff } from './back-off.ts';
import type { ContainerLog } from './container-log.ts';
import { ContainerRun } from './container-run.ts';
import { containerVariables, expandVariables } from './container-variables.ts';
import { imageId, isImageReference, sha256 } from './image-reference.ts';
import type { PodNetwork } from './pod-network.ts';
import { runPreStop } from './pre-stop.ts';
import type { ImageBehaviour } from './program.ts';
import { ReadinessProbe } from './readiness-probe.ts';

const defaultPullMs = 300;
/** How long `ErrImagePull` shows before it reads `ImagePullBackOff`, and what a configuration error waits for. */
const resyncMs = 2000;

/** What a container takes from its pod and node. */
export interface ContainerHost {
  readonly env: Env;
  readonly api: Loopback;
  readonly network: PodNetwork;
  readonly address: string;
  /** The pod as it is now. */
  readonly pod: () => Pod;
  readonly behaviourOf: (image: string) => ImageBehaviour;
  readonly token: () => string | undefined;
  /** The container's status is another one now. */
  readonly onChange: () => void;
  readonly event: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

/** Runs one container of a pod: pull, create, run, restart with back-off, stop. */
export class ContainerRunner {
  readonly container: Container;
  readonly log: ContainerLog;
  readonly #host: ContainerHost;
  readonly #restartBackOff = new BackOff('restart');
  readonly #pullBackOff = new BackOff('pull');
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #restartCount = 0;
  #containerId: string | undefined;
  #run: ContainerRun | undefined;
  #probe: ReadinessProbe | undefined;
  #timer: Cancel | undefined;
  #isStopping = false;
  #onStopped: (() => void) | undefined;

  constructor(host: ContainerHost, container: Container, log: ContainerLog) {
    this.#host = host;
    this.container = container;
    this.log = log;
  }

  /** The container as `status.containerStatuses` shows it. */
  get status(): ContainerStatus {
    const image = this.#image;
    return {
      name: this.container.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.#probe?.isReady ?? false,
      started: this.#run !== undefined,
      restartCount: this.#restartCount,
      image,
      imageID: this.#containerId === undefined ? '' : imageId(image),
      ...(this.#containerId === undefined ? {} : { containerID: this.#containerId }),
    };
  }

  /** Why the container does not run yet; undefined when it does or did. */
  get waitingReason(): string | undefined {
    return this.#state.waiting?.reason;
  }

  start(): void {
    const image = this.#image;
    if (isImageReference(image)) {
      this.#pull();
      return;
    }
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    this.#host.event('Warning', 'InspectFailed', message);
    this.#wait('InvalidImageName', message);
  }

  /** preStop, SIGTERM, and SIGKILL when `killAfter` aborts. Resolves when the container has ended. */
  async stop(killAfter: AbortSignal): Promise<void> {
    this.#isStopping = true;
    this.#timer?.();
    if (this.#run === undefined) return;
    this.#host.event('Normal', 'Killing', `Stopping container ${this.container.name}`);
    const { env, network, address } = this.#host;
    await runPreStop({ env, network, address, container: this.container }, killAfter);
    if (this.#run === undefined) return;
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    if (killAfter.aborted) this.#run.kill();
    else {
      killAfter.addEventListener('abort', () => this.#run?.kill(), { once: true });
      this.#run.terminate();
    }
    await stopped;
  }

  /** The pod is gone: SIGKILL at once. */
  kill(): void {
    this.#isStopping = true;
    this.#timer?.();
    this.#run?.kill();
    this.#probe?.stop();
    this.log.end();
  }

  get #image(): string {
    return this.container.image ?? '';
  }

  #after(delayMs: number, callback: () => void): void {
    this.#timer?.();
    if (!this.#isStopping) this.#timer = this.#host.env.timers.schedule(delayMs, callback);
  }

  #wait(reason: string, message?: string): void {
    this.#state = { waiting: message === undefined ? { reason } : { reason, message } };
    this.#host.onChange();
  }

  #pull(): void {
    const behaviour = this.#host.behaviourOf(this.#image);
    this.#after(behaviour.pullMs ?? defaultPullMs, () => {
      if (behaviour.pullError === undefined) this.#create(behaviour);
      else this.#pullFailed(behaviour.pullError);
    });
  }

  #pullFailed(error: string): void {
    const delayMs = this.#pullBackOff.next(this.#host.env.clock.monotonic());
    this.#host.event('Warning', 'Failed', `Failed to pull image "${this.#image}": ${error}`);
    this.#wait('ErrImagePull', error);
    this.#after(resyncMs, () => {
      const message = `Back-off pulling image "${this.#image}": ErrImagePull: ${error}`;
      this.#host.event('Normal', 'BackOff', `Back-off pulling image "${this.#image}"`);
      this.#wait('ImagePullBackOff', message);
      this.#after(delayMs - resyncMs, () => this.#pull());
    });
  }

  #create(behaviour: ImageBehaviour): void {
    const variables = containerVariables({ api: this.#host.api, pod: this.#host.pod() }, this.container);
    const problem = behaviour.configError ?? (variables.ok ? undefined : variables.message);
    if (problem === undefined && variables.ok) {
      this.#begin(behaviour, variables.values);
      return;
    }
    this.#host.event('Warning', 'Failed', `Error: ${problem ?? ''}`);
    this.#wait('CreateContainerConfigError', problem);
    // What a reference names may appear; what the image itself lacks never does.
    if (behaviour.configError === undefined) this.#after(resyncMs, () => this.#create(behaviour));
  }

  #begin(behaviour: ImageBehaviour, variables: Readonly<Record<string, string>>): void {
    const { env, network, address } = this.#host;
    const pod = this.#host.pod();
    const values = new Map(Object.entries(variables));
    this.#containerId = `containerd://${sha256(`${pod.metadata.uid}/${this.container.name}/${this.#restartCount}`)}`;
    const startedAtMs = env.clock.now();
    this.#run = new ContainerRun({
      program: behaviour.program,
      network,
      address,
      context: {
        env,
        pod,
        container: this.container,
        args: (this.container.args ?? []).map((argument) => expandVariables(argument, values)),
        variables,
        serviceAccountToken: this.#host.token,
        log: (text) => this.log.append(env.clock.now(), text),
      },
      onExit: (exitCode) => this.#exited(behaviour, exitCode, startedAtMs),
    });
    this.#probe = new ReadinessProbe({
      env,
      network,
      address,
      container: this.container,
      isNeverReady: behaviour.isNeverReady === true,
      onChange: this.#host.onChange,
    });
    this.#state = { running: { startedAt: formatTime(startedAtMs) } };
    this.#host.event('Normal', 'Pulled', `Successfully pulled image "${this.#image}"`);
    this.#host.event('Normal', 'Started', `Started container ${this.container.name}`);
    this.#run.start();
    this.#probe.start();
    if (behaviour.isNeverReady === true) this.#host.event('Warning', 'Unhealthy', 'Readiness probe failed');
    this.#host.onChange();
  }

  #exited(behaviour: ImageBehaviour, exitCode: number, startedAtMs: number): void {
    this.#run = undefined;
    this.#probe?.stop();
    this.#probe = undefined;
    const { clock } = this.#host.env;
    const terminated: ContainerState = {
      terminated: {
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt: formatTime(startedAtMs),
        finishedAt: formatTime(clock.now()),
        ...(this.#containerId === undefined ? {} : { containerID: this.#containerId }),
      },
    };
    this.#state = terminated;
    const policy = this.#host.pod().spec.restartPolicy ?? 'Always';
    const isFinal = this.#isStopping || policy === 'Never' || (policy === 'OnFailure' && exitCode === 0);
    if (isFinal) {
      this.log.end();
      this.#onStopped?.();
      this.#host.onChange();
      return;
    }
    this.#lastState = terminated;
    this.#restartAfter(behaviour, this.#restartBackOff.next(clock.monotonic()));
  }

  #restartAfter(behaviour: ImageBehaviour, delayMs: number): void {
    const restart = (): void => {
      this.#restartCount += 1;
      this.log.restart();
      this.#create(behaviour);
    };
    if (delayMs === 0) this.#host.onChange();
    else {
      const { name, namespace, uid } = this.#host.pod().metadata;
      const text = `restarting failed container=${this.container.name} pod=${name}_${namespace}(${uid})`;
      this.#host.event('Warning', 'BackOff', `Back-off ${text}`);
      this.#wait('CrashLoopBackOff', `back-off ${formatDelay(delayMs)} ${text}`);
    }
    this.#after(Math.max(delayMs, resyncMs / 2), restart);
  }
}

/** `10s`, `2m40s`: Go's text form of a duration. */
function formatDelay(delayMs: number): string {
  const seconds = Math.round(delayMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
