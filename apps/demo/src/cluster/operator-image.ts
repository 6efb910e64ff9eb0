import { Writable } from 'node:stream';

import { createOperator, operatorOptions, parseFlags, type Flags } from '@canaryop/operator';
import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { Env, Transport } from '@canaryop/reconcile/env';
import { streamLogger } from '@canaryop/reconcile/log';
import type { Manager } from '@canaryop/reconcile/manager';
import { validateObject } from '@canaryop/reconcile/validation';
import { forwardingHandler, type ImageRule, type Program, type ProgramContext } from '@canaryop/simkube';

/** A free port of this machine's loopback: several pods of the operator share the machine's ports. */
const freePort = '127.0.0.1:0';

/** What the operator's container takes from the machine that it runs on. */
export interface OperatorImageOptions {
  /** Flags after those of the container. */
  readonly flags: () => readonly string[];
  /** The API server as the pod's service account. */
  readonly connect: (context: ProgramContext, env: Env) => ClusterConnection;
}

/** The image that config/default names: its container runs the operator in this process, with the container's flags. */
export function operatorImage(options: OperatorImageOptions): ImageRule {
  return { match: /(?:^|\/)canaryop:/, behaviour: { program: operatorProgram(options) } };
}

function operatorProgram({ flags: machineFlags, connect }: OperatorImageOptions): Program {
  return async (context) => {
    const flags = parseFlags([...context.args, ...machineFlags()]);
    const env: Env = { ...context.env, log: containerLogger(context, flags) };
    const connected = connect(context, env);
    const connection = { ...connected, transport: untilKilled(connected.transport, context.killed) };
    const { name, namespace = '' } = context.pod.metadata;
    const options = await operatorOptions(flags, { env, cluster: { connection, namespace }, instance: name });
    const operator = createOperator({
      ...options,
      // Time may be virtual here, and loading a module takes real time.
      validator: () => Promise.resolve(validateObject),
      ...(options.probes === undefined ? {} : { probes: { address: freePort } }),
      ...(options.metrics === undefined ? {} : { metrics: { ...options.metrics, address: freePort } }),
    });
    if (options.probes !== undefined) serveProbes(context, options.probes.address, operator);
    try {
      await operator.start(context.signal);
      return 0;
    } finally {
      await Promise.all([connection.transport.close(), options.network.close()]);
    }
  };
}

function containerLogger(context: ProgramContext, { logLevel, logFormat }: Flags): Env['log'] {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      context.log(chunk.toString().trimEnd());
      done();
    },
  });
  return streamLogger({ level: logLevel, format: logFormat, stream, clock: context.env.clock });
}

/** Opens the probes' port in the pod's network, where the kubelet asks. */
function serveProbes(context: ProgramContext, address: string, { ports }: Pick<Manager, 'ports'>): void {
  context.listen(Number(address.slice(address.lastIndexOf(':') + 1)), async (request) => {
    if (ports.probes === undefined) throw new Error('the probes are not served yet');
    const forward = forwardingHandler(ports.probes);
    try {
      return await forward(request);
    } finally {
      forward.close();
    }
  });
}

/** The sockets of a process: once it is killed, nothing goes out. */
function untilKilled(inner: Transport, killed: AbortSignal): Transport {
  return {
    close: () => inner.close(),
    request: (request) => {
      if (killed.aborted) return Promise.reject(new Error('the process was killed'));
      const signal = request.signal === undefined ? killed : AbortSignal.any([request.signal, killed]);
      return inner.request({ ...request, signal });
    },
  };
}
