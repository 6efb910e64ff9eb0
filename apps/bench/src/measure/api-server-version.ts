import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { findProgram } from '@canaryop/testkit/control-plane';

/** The version of the kube-apiserver that benchmarks run on. Builds it where it is not there yet. */
export async function apiServerVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(await findProgram('kube-apiserver'), ['--version']);
  return stdout.trim().split(' ').at(-1) ?? '';
}
