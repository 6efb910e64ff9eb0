import { startSampleServer } from '@canaryop/sample-server';
import { declaredPorts, loopbackProgram, type ImageRule, type ProgramContext } from '@canaryop/simkube';

/** Where the sample server listens when its container declares no port. */
const samplePort = 8088;

/** The README's images v1, v2 and so on: each container is a real HTTP server on a loopback port. */
export const sampleImage: ImageRule = {
  match: /(?:^|\/)go-status-code-server:(?<version>v\d+)$/,
  behaviour: ({ groups }) => ({
    program: loopbackProgram(portOf, async (context) => {
      const server = await startSampleServer({ version: groups?.['version'] ?? '', port: 0, host: '127.0.0.1' });
      context.log(`Starting server at port ${portOf(context)}`);
      return server;
    }),
  }),
};

function portOf(context: ProgramContext): number {
  return declaredPorts(context)[0] ?? samplePort;
}
