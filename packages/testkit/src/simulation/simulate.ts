import type { KubernetesObject } from '@canaryop/reconcile/object';

import { explore, replay, type SimulationReport } from './explore.ts';
import { parseReplayLine } from './fault.ts';
import { everyFault, type FaultFamily } from './fault-family.ts';
import type { SimulatedCluster, SimulationOptions, Story, Subject } from './story.ts';

/** A simulation as declared. Immutable: each call returns a new one; nothing runs before `converges`. */
export interface Simulation {
  /** Objects that exist at first. CustomResourceDefinitions among them are installed; namespaces are made. */
  given<T extends readonly KubernetesObject[]>(...objects: T): Simulation;
  /** What users do meanwhile. It begins with the operator; several follow each other. */
  when(script: (cluster: SimulatedCluster) => Promise<void> | void): Simulation;
  /** What must hold where it comes to rest; it throws when it does not. */
  expect(check: (cluster: SimulatedCluster) => Promise<void> | void): Simulation;
  /** What must hold after each write of anyone; it throws when it does not. */
  invariant(name: string, check: (cluster: SimulatedCluster) => void): Simulation;
  /** What goes wrong. @default everyFault */
  faults(...families: readonly FaultFamily[]): Simulation;
  /** How many seeds are tried, each with faults and latencies of its own. @default 100 */
  seeds(count: number): Simulation;
  with(options: SimulationOptions): Simulation;
  /** Runs nothing but what a failure's last line says. */
  replay(line: string): Simulation;
  /**
   * Runs it all. Whatever goes wrong, it must come to rest where it does when nothing goes wrong, stay there without a
   * request, and find nothing to write when it is started anew. Rejects with a `SimulationFailure` otherwise.
   */
  converges(): Promise<SimulationReport>;
}

interface Plan {
  readonly story: Omit<Story, 'replicas'>;
  readonly families: readonly FaultFamily[];
  readonly seeds: number;
  readonly replayed: string | undefined;
}

/**
 * Simulates controllers in virtual time, with a Kubernetes API server in this process, under faults:
 * `await simulate(greeter).given(Greeting.crd(), greeting).converges()`. See docs/testing-your-operator.md.
 */
export function simulate(subject: Subject): Simulation {
  const story = { subject, given: [], scripts: [], expectations: [], invariants: [], options: {} };
  return simulationOf({ story, families: everyFault, seeds: 100, replayed: undefined });
}

function simulationOf(plan: Plan): Simulation {
  const { story } = plan;
  const also = (more: Partial<Plan>): Simulation => simulationOf({ ...plan, ...more });
  const tell = (more: Partial<Plan['story']>): Simulation => also({ story: { ...story, ...more } });
  return {
    given: (...objects) => tell({ given: [...story.given, ...objects] }),
    when: (script) => tell({ scripts: [...story.scripts, script] }),
    expect: (check) => tell({ expectations: [...story.expectations, check] }),
    invariant: (name, check) => tell({ invariants: [...story.invariants, { name, check }] }),
    faults: (...families) => also({ families }),
    seeds: (seeds) => also({ seeds }),
    with: (options) => tell({ options: { ...story.options, ...options } }),
    replay: (replayed) => also({ replayed }),
    converges: () => run(plan),
  };
}

async function run({ story, families, seeds, replayed }: Plan): Promise<SimulationReport> {
  const replicas = story.options.replicas ?? Math.max(1, ...families.map((family) => family.replicas ?? 1));
  const told = { ...story, replicas };
  if (replayed === undefined) return explore(told, families, seeds);
  const { seed, plan } = parseReplayLine(replayed);
  return replay(told, seed, plan);
}
