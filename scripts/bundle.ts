/**
 * Writes apps/operator/dist/canaryop.mjs, the operator with everything that it needs in a pod, in one file; and beside
 * it client-node.mjs, which only reads kubeconfig files and is loaded for these only. Another folder may be named as an
 * argument.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = process.argv[2] ?? join(root, 'apps/operator/dist');

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  conditions: ['source'],
  absWorkingDir: root,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // CommonJS packages inside an ES module need a `require` for Node's own modules.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
};

/** Keeps client-node out, and says where it will lie. */
const clientNodeBeside: Plugin = {
  name: 'client-node beside',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: './client-node.mjs', external: true }));
  },
};

mkdirSync(dist, { recursive: true });
const outputs = ['canaryop.mjs', 'client-node.mjs'].map((name) => join(dist, name));
const [operator = '', clientNode = ''] = outputs;
await Promise.all([
  build({ ...shared, entryPoints: ['apps/operator/src/main.ts'], outfile: operator, plugins: [clientNodeBeside] }),
  build({
    ...shared,
    stdin: {
      contents: "export { KubeConfig } from '@kubernetes/client-node';",
      resolveDir: join(root, 'packages/reconcile/src/client'),
    },
    outfile: clientNode,
  }),
]);
for (const path of outputs) {
  process.stdout.write(`${relative(root, path)} ${(statSync(path).size / 1024 / 1024).toFixed(1)} MB\n`);
}
