import type { Env, TransportRequest } from '@canaryop/reconcile/env';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

import { operatorAccount } from './operator-account.ts';
import { electionOf, runOperator, simulatedLease } from './operator-process.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedProcess, type LoggedProblem } from './simulated-process.ts';
import type { Surroundings } from './simulated-cluster.ts';
import type { Story } from './story.ts';

/** What the processes of an operator need. */
export interface ProcessesOptions {
  readonly env: Env;
  readonly story: Story;
  readonly surroundings: Surroundings;
  readonly network: SimulatedNetwork;
  /** The seed of a process, by its number. */
  readonly seedOf: (number: number) => number;
  /** Told of a process that writes though another holds the lease. */
  readonly onUnfenced: (what: string, request: string) => void;
}

const restartMs = 1000;
const leaseKind = resourceKind<KubernetesObject & { readonly spec?: { readonly holderIdentity?: string } }>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
});

/** The processes of an operator: as many as the story has replicas, each replaced when it is gone. */
export class OperatorProcesses {
  /** Warnings and errors that they logged, oldest first. */
  readonly problems: LoggedProblem[] = [];
  readonly #options: ProcessesOptions;
  #running: SimulatedProcess[] = [];
  #started = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  startAll(): void {
    for (let replica = 0; replica < this.#options.story.replicas; replica += 1) this.#start();
  }

  killAll(): void {
    for (const process of this.#running) process.kill();
    this.#running = [];
  }

  /** A process that is gone is started anew after a second, as a kubelet does it. */
  replace(dead: SimulatedProcess): void {
    this.#options.env.timers.schedule(restartMs, () => {
      if (!this.#running.includes(dead)) return;
      this.#running = this.#running.filter((process) => process !== dead);
      this.#start();
    });
  }

  #start(): void {
    const { env, story, surroundings, network, seedOf } = this.#options;
    this.#started += 1;
    const process = new SimulatedProcess({
      name: `operator-${this.#started}`,
      world: env,
      seed: seedOf(this.#started),
      log: (problem) => void this.problems.push(problem),
    });
    this.#running.push(process);
    const leaderElection = electionOf(story.replicas);
    const ended = runOperator(story.subject, process, {
      transport: network.transportOf(process, surroundings.server.transport(operatorAccount)),
      surroundings,
      leaderElection,
      onSend: leaderElection && ((request) => this.#checkLease(process, request)),
    });
    void ended.then((error) => {
      if (process.isDead) return;
      const fields = error === undefined ? {} : { error };
      this.problems.push({ process: process.name, message: 'the operator ended by itself', fields });
      process.kill();
      this.replace(process);
    });
  }

  /** Whoever writes must hold the lease when the request leaves the client; on its way it can no longer be stopped. */
  #checkLease(process: SimulatedProcess, { method, url }: TransportRequest): void {
    const path = new URL(url).pathname;
    if (method === 'GET' || /\/(leases|events)(\/|$)/u.test(path)) return;
    const lease = this.#options.surroundings.server.loopback.get(leaseKind, simulatedLease);
    const holder = lease?.spec?.holderIdentity ?? '';
    if (holder === '' || holder.startsWith(`${process.name}_`)) return;
    const [other] = holder.split('_');
    this.#options.onUnfenced(`${process.name} writes while ${other} holds the lease`, `${method} ${path}`);
  }
}
