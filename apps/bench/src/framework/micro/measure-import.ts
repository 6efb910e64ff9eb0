import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where the library is installed. */
const cwd = join(import.meta.dirname, '../../..');
/** By then what is done after an import is done. */
const settleMs = 500;

/** Resident memory, in MiB, that importing the library takes over bare Node: transport included, before any work. */
export async function importMiB(): Promise<number> {
  const bare = await residentMiB('');
  return (await residentMiB("import '@canaryop/reconcile';")) - bare;
}

async function residentMiB(script: string): Promise<number> {
  const tell = "console.log(process.getBuiltinModule('node:fs').readFileSync('/proc/self/status', 'utf8'))";
  const args = ['--input-type=module', '-e', `${script} setTimeout(() => ${tell}, ${settleMs})`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return Number(/^VmRSS:\s+(?<kb>\d+) kB$/m.exec(stdout)?.groups?.['kb']) / 1024;
}
