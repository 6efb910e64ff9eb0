import type { Cancel, Env } from '@canaryop/reconcile/env';

import type { Container, HttpGetAction, Probe } from '../kinds/core-v1.ts';
import type { PodNetwork } from './pod-network.ts';

/** The most that passes between two probes while a container is not ready; the kubelet hurries then, too. */
const hurryMs = 1000;

/** What a probe looks at. */
export interface ReadinessProbeOptions {
  readonly env: Env;
  readonly network: PodNetwork;
  readonly address: string;
  readonly container: Container;
  readonly isNeverReady: boolean;
  /** Called after `isReady` changed. */
  readonly onChange: () => void;
}

/** The number of a probe's port, which may be named; undefined when no container port has the name. */
export function portNumber(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return container.ports?.find((each) => each.name === port)?.containerPort ?? (Number(port) || undefined);
}

/**
 * Readiness of one running container. Without a probe, and with an exec probe, it is ready when the initial delay is
 * over. A TCP probe costs no timer: it is told when the port opens or closes. An HTTP probe asks, every second until
 * it is ready and then once a period. Readiness is lost after `failureThreshold` periods of failure.
 */
export class ReadinessProbe {
  readonly #options: ReadinessProbeOptions;
  readonly #probe: Probe;
  #isReady = false;
  #failures = 0;
  #isStopped = false;
  #cancel: Cancel | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: ReadinessProbeOptions) {
    this.#options = options;
    this.#probe = options.container.readinessProbe ?? {};
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  start(): void {
    if (this.#options.isNeverReady) return;
    const delayMs = (this.#probe.initialDelaySeconds ?? 0) * 1000;
    if (delayMs === 0) this.#begin();
    else this.#after(delayMs, () => this.#begin());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#unwatch?.();
  }

  #begin(): void {
    if (this.#probe.tcpSocket !== undefined) {
      this.#unwatch = this.#options.network.onChange(this.#options.address, () => this.#onPortChange());
      this.#onPortChange();
    } else if (this.#probe.httpGet !== undefined) void this.#ask(this.#probe.httpGet);
    else this.#set(true);
  }

  #onPortChange(): void {
    const isOpen = this.#isPortOpen();
    if (isOpen === this.#isReady) this.#cancel?.();
    else if (isOpen) this.#set(true);
    else this.#after(this.#periodMs * (this.#probe.failureThreshold ?? 3), () => this.#set(this.#isPortOpen()));
  }

  #isPortOpen(): boolean {
    const { network, address, container } = this.#options;
    const port = portNumber(container, this.#probe.tcpSocket?.port ?? 0);
    return port !== undefined && network.isListening(address, port);
  }

  async #ask(action: HttpGetAction): Promise<void> {
    const isSuccess = await this.#get(action);
    if (this.#isStopped) return;
    this.#failures = isSuccess ? 0 : this.#failures + 1;
    if (isSuccess) this.#set(true);
    else if (this.#failures >= (this.#probe.failureThreshold ?? 3)) this.#set(false);
    this.#after(this.#isReady ? this.#periodMs : Math.min(hurryMs, this.#periodMs), () => void this.#ask(action));
  }

  async #get(action: HttpGetAction): Promise<boolean> {
    const { network, address, container } = this.#options;
    const delivery = await network.dispatch(address, portNumber(container, action.port) ?? 0, {
      method: 'GET',
      path: action.path ?? '/',
      headers: { host: address, 'user-agent': 'kube-probe/1.36' },
    });
    return delivery.outcome === 'response' && delivery.response.status >= 200 && delivery.response.status < 400;
  }

  get #periodMs(): number {
    return (this.#probe.periodSeconds ?? 10) * 1000;
  }

  #after(delayMs: number, callback: () => void): void {
    this.#cancel?.();
    if (!this.#isStopped) this.#cancel = this.#options.env.timers.schedule(delayMs, callback);
  }

  #set(isReady: boolean): void {
    if (this.#isStopped || isReady === this.#isReady) return;
    this.#isReady = isReady;
    this.#options.onChange();
  }
}
