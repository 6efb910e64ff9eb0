/** Deterministic simulation of controllers under faults: `simulate(controller).given(...).converges()`. */
export type { SimulationReport } from './explore.ts';
export { parseReplayLine, replayLine, type Fault, type FaultKind, type Plan } from './fault.ts';
export {
  brokenWatches,
  conflicts,
  crashAnywhere,
  everyDeath,
  everyFault,
  lostReplies,
  outage,
  serverErrors,
  slowAnswers,
  stale,
  throttling,
  twoLeaders,
  type FaultFamily,
  type Shape,
} from './fault-family.ts';
export type { View } from './fixed-point.ts';
export type { RunFailure } from './run-failure.ts';
export { simulate, type Simulation } from './simulate.ts';
export { SimulationFailure } from './simulation-failure.ts';
export type { Operator, ProcessParts, SimulatedCluster, SimulationOptions, Subject } from './story.ts';
