import { parseTime, sleep } from '@canaryop/reconcile/env';
import { Deployment, Pod } from '@canaryop/reconcile/kinds';
import type { ImageRule, ProgramContext } from '@canaryop/simkube';

import { CanaryApp, type CanaryAppSpec, type CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation, roleLabel } from '../../src/api/v1/names.ts';
import { named } from './adopted-simulation.ts';
import { Simulation, type SimulationOptions } from './simulated-cluster.ts';

export const tester = 'aviary-tester';
const dieAfterMs = 1_000;
const scrapeStepMs = 1_000;

/** What Aviary's own test program does: nothing, die after a second, or count failures. */
type Behaviour = 'work' | 'fail' | 'fail-in-metrics';

/** Aviary's test deployment, as one of its files in resources/tests/deploy has it. */
export interface TesterFields {
  readonly tag?: '1.0' | 'latest' | 'never-ready';
  readonly behaviour?: Behaviour;
  readonly terminationGracePeriodSeconds?: number;
}

const behaviourOf = (args: readonly string[] | undefined): Behaviour =>
  (args?.at(-1) as Behaviour | undefined) ?? 'work';

/** Aviary's test deployment, of five pods. */
export function testerDeployment(fields: TesterFields = {}, replicas = 5): Deployment {
  const { tag = '1.0', behaviour = 'work', terminationGracePeriodSeconds } = fields;
  const args = behaviour === 'work' ? {} : { args: ['python', '-u', 'dummy.py', behaviour] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...named(tester), labels: { app: tester } },
    spec: {
      replicas,
      selector: { matchLabels: { app: tester } },
      template: {
        metadata: {
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8000' },
          labels: { app: tester },
        },
        spec: {
          ...(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }),
          containers: [{ name: tester, image: `sekoialab/aviary-tester:${tag}`, ...args }],
        },
      },
    },
  };
}

/** Aviary's test configuration, field by field. */
export const aviarySpec = {
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: tester },
  traffic: { router: 'replicas' },
  strategy: {
    breakpointPercent: 50,
    stepPercent: 4,
    abortSeconds: 120,
    maxStepSeconds: 45,
    checkIntervalSeconds: 14,
    maxFailures: 3,
  },
  analysis: { success: [{ expr: 'aviary_tester_failures_total{kubernetes_pod_name="<<pod>>"} == 0' }] },
};

const image: ImageRule = {
  match: /aviary-tester:(1\.0|latest)$/,
  behaviour: { program: (context) => runTester(context) },
};

async function runTester({ args, env, signal }: ProgramContext): Promise<number> {
  if (behaviourOf(args) === 'fail') {
    await sleep(env.timers, dieAfterMs, signal);
    return signal.aborted ? 0 : 3;
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return 0;
}

/** A cluster in which somebody runs Aviary's test deployment, scraped by Prometheus, and no operator yet. */
export async function testerCluster(options: SimulationOptions = {}, replicas = 5): Promise<AviarySimulation> {
  const sim = new AviarySimulation({ ...options, world: { ...options.world, images: [image] } });
  sim.cluster.server.loopback.create(Deployment, testerDeployment({}, replicas));
  await sim.env.time.advance(5_000);
  return sim;
}

/** What is there of the pods, at one moment. */
export interface Counts {
  readonly canary: number;
  readonly primary: number;
}

/** A simulation with words for an application that is released by its replica ratio. */
export class AviarySimulation extends Simulation {
  constructor(options: SimulationOptions) {
    super(options);
    this.prometheus.scraper.add({ job: tester, instance: tester, collect: () => this.#samples() });
  }

  watchOver(spec: object = {}): void {
    this.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: named(tester),
      spec: { ...aviarySpec, ...spec } as unknown as CanaryAppSpec,
    });
  }

  /** Changes the target as `kubectl apply` of one of Aviary's files would, whose count is the user's only if it is given. */
  deploy(fields: TesterFields, replicas?: number): void {
    const live = this.deployment(tester);
    const { template } = testerDeployment(fields).spec ?? {};
    const spec = { ...live.spec, template, ...(replicas === undefined ? {} : { replicas }) };
    this.cluster.server.loopback.update(Deployment, { ...live, spec } as Deployment);
  }

  /** `kubectl scale`, of the target or another Deployment. */
  scale(replicas: number, name = tester): void {
    const live = this.deployment(name);
    this.cluster.server.loopback.update(Deployment, { ...live, spec: { ...live.spec, replicas } } as Deployment);
  }

  get status(): Partial<CanaryAppStatus> {
    return this.cluster.server.loopback.get(CanaryApp, named(tester))?.status ?? {};
  }

  condition(type: string) {
    return this.status.conditions?.find((found) => found.type === type);
  }

  deployment(name: string): Deployment {
    const live = this.cluster.server.loopback.get(Deployment, named(name));
    if (live === undefined) throw new Error(`there is no Deployment ${name}`);
    return live;
  }

  /** The counts that both Deployments are asked to have. */
  get counts(): Counts {
    const primary = this.cluster.server.loopback.get(Deployment, named(`${tester}-primary`));
    return { canary: this.deployment(tester).spec?.replicas ?? 1, primary: primary?.spec?.replicas ?? 0 };
  }

  /** Pods that run and are not on their way out, of the target's labels: all that its Services find. */
  get readyPods(): number {
    return this.#pods().filter(({ status }) => status?.conditions?.some(isReady)).length;
  }

  until(isSo: () => boolean, limitMs = 600_000): Promise<void> {
    return this.env.time.until(isSo, limitMs);
  }

  override untilPhase(phase: string, limitMs = 600_000): Promise<void> {
    return this.until(() => this.status.phase === phase, limitMs);
  }

  command(text: string): void {
    const live = this.cluster.server.loopback.get(CanaryApp, named(tester));
    if (live === undefined) throw new Error('there is no CanaryApp');
    const metadata = { ...live.metadata, annotations: { [commandAnnotation]: text } };
    this.cluster.server.loopback.update(CanaryApp, { ...live, metadata });
  }

  /** One of the pods of the revision on trial is gone. */
  removeCanaryPod(): void {
    const pod = this.#pods().find(isCanary);
    if (pod === undefined) throw new Error('there is no pod of the canary');
    this.cluster.server.loopback.delete(Pod, named(pod.metadata.name));
  }

  /** What the operator remembers is gone. */
  loseStatus(): void {
    const { loopback } = this.cluster.server;
    const live = loopback.get(CanaryApp, named(tester));
    if (live === undefined) throw new Error('there is no CanaryApp');
    loopback.updateStatus(CanaryApp, { ...live, status: {} as CanaryAppStatus });
  }

  delete(): void {
    this.cluster.server.loopback.delete(CanaryApp, named(tester));
  }

  /** Nothing is left of the CanaryApp and what it made. */
  get isGone(): boolean {
    const { loopback } = this.cluster.server;
    const primary = loopback.get(Deployment, named(`${tester}-primary`));
    return loopback.get(CanaryApp, named(tester)) === undefined && primary === undefined;
  }

  #pods(): readonly Pod[] {
    return this.cluster.server.loopback
      .list(Pod, { namespace: 'default' })
      .filter(({ metadata }) => metadata.labels?.['app'] === tester && metadata.deletionTimestamp === undefined);
  }

  /** What the test program exposes, a counter that only one behaviour moves, and a series that one pod alone has. */
  #samples() {
    const now = this.env.clock.now();
    const running = this.#pods().filter(({ status }) => status?.phase === 'Running');
    const [first] = running.filter(isCanary).map(({ metadata }) => metadata.name);
    return running.flatMap(({ metadata, spec, status }) => {
      const since = parseTime(status?.startTime) ?? now;
      const counts = behaviourOf(spec?.containers[0]?.args) === 'fail-in-metrics';
      const labels = { kubernetes_pod_name: metadata.name };
      const failures = counts ? Math.floor((now - since) / scrapeStepMs) : 0;
      return [
        { name: 'aviary_tester_failures_total', type: 'counter' as const, labels, value: failures },
        ...(metadata.name === first ? [{ name: 'aviary_tester_first', type: 'gauge' as const, labels, value: 1 }] : []),
      ];
    });
  }
}

/** Primary's pods have a label more. */
function isCanary({ metadata }: Pod): boolean {
  return metadata.labels?.[roleLabel] === undefined;
}

function isReady({ type, status }: { readonly type: string; readonly status: string }): boolean {
  return type === 'Ready' && status === 'True';
}
