/** Test kit for operators: a simulated cluster, and faults that a process and its connection can have. A real control plane is `@canaryop/testkit/control-plane`. */
export {
  crashingTransport,
  crashMoments,
  type CrashingTransport,
  type CrashMoment,
  type CrashPoint,
} from './faults/crash-point.ts';
export { mortalTransport, type MortalTransport } from './faults/mortal-transport.ts';
export { admissionRequest, readerOf } from './simulated/admission-request.ts';
export { startSimkube, type SimkubeOptions } from './simulated/start-simkube.ts';
export {
  simulatedCluster,
  type OperatorLife,
  type OperatorUnderTest,
  type SimulatedCluster,
} from './simulated/simulated-cluster.ts';
export type { TestCluster } from './test-cluster.ts';
