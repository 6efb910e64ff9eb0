/** Test kit for operators: faults that a process and its connection can have. A real control plane is `@canaryop/testkit/control-plane`. */
export {
  crashingTransport,
  crashMoments,
  type CrashingTransport,
  type CrashMoment,
  type CrashPoint,
} from './faults/crash-point.ts';
export { mortalTransport, type MortalTransport } from './faults/mortal-transport.ts';
