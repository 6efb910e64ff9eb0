/** One leader among replicas, by a Lease; and the fence that keeps a former leader from writing. */
export {
  LeaderElector,
  type LeaderElectionTimes,
  type LeaderElectorOptions,
  type LeadershipEnd,
} from './leader-elector.ts';
export { leaseKind, type Lease, type LeaseSpec } from './lease.ts';
