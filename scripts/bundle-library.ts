/**
 * Writes the JavaScript of packages/reconcile into its dist folder, beside the declarations that `tsc -b` writes there: a
 * file for each subpath, and behind them a few that several of them share. Node takes about 95 KB for every module that
 * it loads, so the library's 150 source files by themselves took 14 MB of an operator's memory.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const folder = join(import.meta.dirname, '../packages/reconcile');

interface PackageFile {
  readonly exports: Readonly<Record<string, { readonly source: string }>>;
}
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
const input = Object.fromEntries(
  Object.values(exports).map(({ source }) => [
    /^\.\/src\/(?<name>.*)\.ts$/u.exec(source)?.groups?.['name'] ?? source,
    source,
  ]),
);

/**
 * Which sources go into one file, from what knows no package upwards: a group takes along whatever it imports that no
 * earlier one has, so one that came too early would load packages for everybody.
 */
const groups = [
  'core: env object conditions queue kinds owners crd finalizers rbac watch events leader-election sharding cache controller client/(?!undici|response|in-cluster|load-cluster|kube-config|plain|client-node|index)',
  'connection: client/(?:undici|response|in-cluster|load-cluster|kube-config)',
  'metrics: metrics/(?:prom-client|process-metrics|registry|client-metrics|controller-metrics)',
  'validation: validation cel',
  'manager: manager webhook certificates log health metrics',
].map((line, index, { length }) => {
  const [name = '', ...sources] = line.split(/:? /u);
  return {
    name,
    test: RegExp(
      `/reconcile/src/(?:${sources.map((source) => (source.includes('/') ? source : `${source}/`)).join('|')})`,
    ),
    priority: length - index,
  };
});

// A module that no longer is would be packed with the others.
for (const file of readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }))
  if (/\.js(?:\.map)?$/u.test(file)) rmSync(join(folder, 'dist', file));

const bundler = await rolldown({
  cwd: folder,
  input,
  platform: 'node',
  // Packages stay packages, so that their authors' fixes reach those who install them.
  external: /^[^./]/,
});
await bundler.write({
  dir: 'dist',
  format: 'esm',
  sourcemap: true,
  chunkFileNames: 'shared/[name].js',
  codeSplitting: { groups },
});
await bundler.close();
