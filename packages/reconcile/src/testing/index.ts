/** Injected time and random for tests of controllers. */
export { seededRandom } from './seeded-random.ts';
export { virtualEnv, type VirtualEnv } from './virtual-env.ts';
export { VirtualTime } from './virtual-time.ts';
