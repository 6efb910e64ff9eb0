/** Test kit for operators: faults that a process and its connection can have. */
export {
  crashingTransport,
  crashMoments,
  type CrashingTransport,
  type CrashMoment,
  type CrashPoint,
} from './faults/crash-point.ts';
export { mortalTransport, type MortalTransport } from './faults/mortal-transport.ts';
