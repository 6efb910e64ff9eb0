import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { ProcessScope } from '@canaryop/testkit/control-plane';

import type { XdsLine } from './xds-line.ts';

/** A running xDS client. */
export interface XdsFollower {
  /** Resolves at the end of the process with what it said on standard error. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Runs the xDS client against istiod at `server` (host:port of its plaintext gRPC), and hands on each line. */
export function followXds(
  scope: ProcessScope,
  options: { readonly program: string; readonly server: string },
  onLine: (line: XdsLine) => void,
): XdsFollower {
  const child = spawn(options.program, ['-server', options.server], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid !== undefined) scope.guard.guard(pid);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => onLine(JSON.parse(line) as XdsLine));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => {
      if (pid !== undefined) scope.guard.release(pid);
      resolve(errors);
    });
  });
  return {
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
