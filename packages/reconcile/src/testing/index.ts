/** Injected time and random, and small stand-ins, for tests of controllers. */
export { fakeInformer, type FakeInformer } from './fake-informer.ts';
export { recordingLogger, type LoggedLine } from './recording-logger.ts';
export { seededRandom } from './seeded-random.ts';
export { TinyApiServer, type SeenRequest } from './tiny-api-server.ts';
export { virtualEnv, type VirtualEnv } from './virtual-env.ts';
export { VirtualTime } from './virtual-time.ts';
