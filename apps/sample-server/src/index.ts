/** The server of the README, as a library. */
export { startSampleServer, type SampleServer, type SampleServerOptions } from './sample-server.ts';
