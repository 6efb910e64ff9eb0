import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, it } from 'vitest';

import { exportsOf, type ExportedName } from './declarations.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What a module exports; the first file is its entry. */
function exported(files: Readonly<Record<string, string>>): ReturnType<typeof exportsOf> {
  const folder = mkdtempSync(join(tmpdir(), 'declarations-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return exportsOf(join(folder, Object.keys(files)[0] ?? ''));
}

const shown = ({ names }: { readonly names: readonly ExportedName[] }): unknown =>
  names.map(({ name, declarations }) => [name, ...declarations.flatMap(({ doc, code }) => [doc, code])]);

it('follows what a module hands on, in the order of the alphabet', () => {
  const module = exported({
    'index.d.ts': "/** Doors. */\nexport { b as c, type A } from './inner.ts';\nexport * from './more.ts';\n",
    'inner.d.ts': '/** An A. */\nexport type A = string;\n/** A b. */\nexport declare const b: A;\nexport {};\n',
    'more.d.ts': '/** A D. */\nexport declare function D(): void;\n',
  });
  expect(module.about).toBe('Doors.');
  expect(shown(module)).toEqual([
    ['A', 'An A.', 'type A = string;'],
    ['c', 'A b.', 'const b: A;'],
    ['D', 'A D.', 'function D(): void;'],
  ]);
});

it('leaves out what is private, and takes a kind for a type and a value', () => {
  const text = [
    '/** A class. */\nexport declare class Box {\n    #private;\n    /** Opens it. */\n    open(): void;\n}',
    '/** A type. */\nexport type Pod = object;\n/** Its name. */\nexport declare const Pod: import("../kind.ts").Kind<Pod>;',
  ];
  expect(shown(exported({ 'index.d.ts': `${text.join('\n')}\n` }))).toEqual([
    ['Box', 'A class.', 'class Box {\n  /** Opens it. */\n  open(): void;\n}'],
    ['Pod', 'A type.', 'type Pod = object;', 'Its name.', 'const Pod: Kind<Pod>;'],
  ]);
});

it('reads a union to its end, though a comment stands in it', () => {
  const text =
    '/** One of two. */\nexport type Place = {\n    a: string;\n}\n/** With a port. */\n | {\n    b: string;\n};\n';
  expect(shown(exported({ 'index.d.ts': text }))).toEqual([
    ['Place', 'One of two.', 'type Place = {\n  a: string;\n}\n/** With a port. */\n | {\n  b: string;\n};'],
  ]);
});

it('says of what there is no docstring, and what it cannot read', () => {
  const silent = "import type { A } from './a.ts';\nexport declare const b: A;\n";
  expect(exported({ 'index.d.ts': silent }).names.flatMap(({ declarations }) => declarations)[0]?.doc).toBe('');
  expect(() => exported({ 'index.d.ts': 'export default b;\n' })).toThrow('does not know how to read');
});
