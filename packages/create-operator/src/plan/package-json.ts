/** A packed package that is not taken from a registry. */
export interface LinkedPackage {
  readonly name: string;
  readonly version: string;
  /** Name of its file below vendor/. */
  readonly file: string;
}

/** Versions that a new project begins with. */
export interface Versions {
  /** Of the packages of this repository, which are released together. */
  readonly own: string;
  readonly typescript: string;
  readonly nodeTypes: string;
}

const ownPackages = { dependencies: ['reconcile'], devDependencies: ['create-operator', 'testkit'] } as const;
/** What the packages above need of this repository themselves. */
const indirect = ['simkube'];

/** The package.json of a new project. */
export function packageJson(name: string, versions: Versions, linked: readonly LinkedPackage[]): string {
  const own = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      names.map((each) => {
        const fullName = `@canaryop/${each}`;
        const link = linked.find((candidate) => candidate.name === fullName);
        return [fullName, link === undefined ? `^${versions.own}` : `file:vendor/${link.file}`];
      }),
    );
  const manifest = {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=22.19' },
    scripts: {
      // `npx reconcile` would take the registry's package of that name where this one is not installed.
      reconcile: 'reconcile',
      dev: 'reconcile dev',
      test: 'node --test "test/**/*.test.ts"',
      check: 'tsc && reconcile manifests --check',
      manifests: 'reconcile manifests',
      start: 'node src/main.ts',
    },
    dependencies: own(ownPackages.dependencies),
    devDependencies: {
      // What nothing names is looked for in the registry, unless it is here too.
      ...own([...ownPackages.devDependencies, ...(linked.length === 0 ? [] : indirect)].toSorted()),
      '@types/node': versions.nodeTypes,
      typescript: versions.typescript,
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
