/**
 * Builds the programs of `startControlPlane()` into the cache, so that no test has to wait for them:
 * `pnpm control-plane:build [names...]`, all of them without names. Prints where they are.
 */
import { findProgram, programNames, type ProgramName } from '../packages/testkit/src/control-plane/index.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !programNames.includes(name as ProgramName));
if (unknown.length > 0) {
  process.stderr.write(`no program is called ${unknown.join(', ')}; there are ${programNames.join(', ')}\n`);
  process.exit(2);
}
for (const name of programNames.filter((known) => names.length === 0 || names.includes(known))) {
  process.stdout.write(`${await findProgram(name)}\n`);
}
