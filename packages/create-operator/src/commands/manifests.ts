import { loadDescription } from '../describe/load-description.ts';
import { carryOut } from '../files/carry-out.ts';
import { readManifests, readProject } from '../files/project-state.ts';
import { readTemplate } from '../files/template-files.ts';
import { diffText, driftOf } from '../manifests/drift.ts';
import { generatedManifests } from '../manifests/generated-manifests.ts';
import { UsageError } from '../usage-error.ts';
import { tell, type Io, type OutputOptions } from './io.ts';

/** Flags of `manifests`. */
export interface ManifestsOptions extends OutputOptions {
  readonly check?: true;
  readonly print?: true;
}

/** Writes, prints or compares what follows from the project's module. */
export async function manifests(options: ManifestsOptions, io: Io): Promise<void> {
  if (options.print === true) return print(options, io);
  if (options.check === true) return check(options, io);
  const { written, yours } = await writeManifests(io.cwd);
  tell(io, options, { written, yours }, [
    ...written.map((path) => `wrote ${path}`),
    ...yoursLines(yours),
    ...(written.length === 0 ? ['the manifests follow from the code as they are'] : []),
  ]);
}

/** Brings the manifests of a project up to date. */
export async function writeManifests(
  root: string,
): Promise<{ readonly written: readonly string[]; readonly yours: readonly string[] }> {
  const { plan, yours } = await drift(root);
  return { written: await carryOut(root, plan, { force: false }), yours };
}

async function print(options: OutputOptions, io: Io): Promise<void> {
  const generated = generatedManifests(await loadDescription(io.cwd), readTemplate);
  tell(
    io,
    options,
    generated,
    Object.entries(generated).map(([path, text]) => `---\n# ${path}\n${text.trimEnd()}`),
  );
}

async function check(options: OutputOptions, io: Io): Promise<void> {
  const { plan, yours } = await drift(io.cwd);
  const differs = plan.map(({ path }) => path);
  tell(io, options, { differs, yours }, [
    ...(differs.length === 0 ? ['the manifests follow from the code'] : [diffText(plan).trimEnd()]),
    ...yoursLines(yours),
  ]);
  if (differs.length > 0) {
    throw new UsageError(
      `${differs.join(', ')}: not what follows from the code; run \`npm run manifests\` and commit what it writes`,
    );
  }
}

async function drift(root: string) {
  await readProject(root);
  const generated = generatedManifests(await loadDescription(root), readTemplate);
  return driftOf(generated, await readManifests(root));
}

const yoursLines = (yours: readonly string[]): readonly string[] =>
  yours.map((path) => `left ${path} alone: it is yours, because its first line was taken away`);
