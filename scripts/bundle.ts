/**
 * Writes apps/operator/dist/canaryop.mjs, the operator with everything that it needs in a pod, and beside it in
 * part-*.mjs what it loads then, and what it loads only when it is needed: the validator, certificates, client-node.
 * Another folder may be named as an argument.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = process.argv[2] ?? join(root, 'apps/operator/dist');

mkdirSync(dist, { recursive: true });
for (const old of readdirSync(dist).filter((name) => /^part-.*\.mjs$/u.test(name))) rmSync(join(dist, old));
const { metafile } = await build({
  entryPoints: { canaryop: join(root, 'apps/operator/src/main.ts') },
  outdir: dist,
  bundle: true,
  // Node keeps the text of what it reads, run or not, and in two bytes a character where some comment is not Latin.
  splitting: true,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'part-[hash]',
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
});
for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  process.stdout.write(`${path} ${(bytes / 1024 / 1024).toFixed(1)} MB\n`);
}
