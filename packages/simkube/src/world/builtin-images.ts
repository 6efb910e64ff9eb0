import { textResponse } from '../kubelet/http-exchange.ts';
import type { ImageBehaviour, ImageRule } from '../kubelet/program.ts';
import { declaredPorts, exitingProgram, sampleHandler, serverProgram } from './in-process-programs.ts';

const anyServer = serverProgram(declaredPorts, () => Promise.resolve(textResponse(200, 'ok\n')));

/** Where the sample server listens when its container declares no port. */
const samplePort = 8088;

/** An image that no rule knows: it starts, and answers 200 on each port that its container declares. */
export const defaultImageBehaviour: ImageBehaviour = { program: anyServer };

/**
 * Images that fail by their tag, whatever their name (`:never-ready`, `:crash-loop`, `:pull-error`, `:config-error`,
 * also as a suffix such as `:v4-crash-loop`), and the sample server in this process
 * (`go-status-code-server:<version>`, `sample-server:<version>`).
 */
export const builtinImages: readonly ImageRule[] = [
  { match: /[:-]never-ready$/, behaviour: { isNeverReady: true, program: anyServer } },
  {
    match: /[:-]crash-loop$/,
    behaviour: { program: exitingProgram(1, 1000, 'panic: this image crashes one second after its start') },
  },
  {
    match: /^.*[:-]pull-error$/,
    behaviour: ([image]) => ({
      pullError: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`,
      program: anyServer,
    }),
  },
  {
    match: /[:-]config-error$/,
    behaviour: { configError: 'container has runAsNonRoot and image will run as root', program: anyServer },
  },
  {
    match: /(?:^|\/)(?:go-status-code-server|sample-server):(?<version>[\w.-]+)$/,
    behaviour: ({ groups }) => ({
      program: serverProgram(
        (context) => (declaredPorts(context).length === 0 ? [samplePort] : declaredPorts(context)),
        sampleHandler(groups?.['version'] ?? ''),
      ),
    }),
  },
];
