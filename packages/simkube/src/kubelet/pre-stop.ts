import { aborted, sleep, type Env } from '@canaryop/reconcile/env';

import type { Container, HttpGetAction } from '../kinds/core-v1.ts';
import type { PodNetwork } from './pod-network.ts';
import { portNumber } from './readiness-probe.ts';

/** Where a preStop hook runs. */
export interface PreStopContext {
  readonly env: Env;
  readonly network: PodNetwork;
  readonly address: string;
  readonly container: Container;
}

/** Runs the preStop hook; `signal` cuts it short. Of commands, only `sleep` takes time here. */
export async function runPreStop(context: PreStopContext, signal: AbortSignal): Promise<void> {
  const hook = context.container.lifecycle?.preStop;
  if (hook?.httpGet !== undefined) await Promise.race([callHook(context, hook.httpGet), aborted(signal)]);
  const seconds = hook?.sleep?.seconds ?? sleepSeconds(hook?.exec?.command ?? []);
  if (seconds > 0) await sleep(context.env.timers, seconds * 1000, signal);
}

async function callHook({ network, address, container }: PreStopContext, action: HttpGetAction): Promise<void> {
  const port = portNumber(container, action.port) ?? 0;
  await network.dispatch(address, port, { method: 'GET', path: action.path ?? '/', headers: { host: address } });
}

function sleepSeconds(command: readonly string[]): number {
  const found = /(?:^|[\s/;])sleep\s+(\d+(?:\.\d+)?)/.exec(command.join(' '));
  return Number(found?.[1] ?? 0);
}
