import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** One declaration of a name: a kind, for instance, is a type and a value. */
export interface Declaration {
  /** Without the comment marks; empty where there is none. */
  readonly doc: string;
  /** As TypeScript, without `export declare` and without what is private. */
  readonly code: string;
}

/** What a module exports under one name. */
export interface ExportedName {
  readonly name: string;
  /** The file that declares it, and under which name there: the same thing may be exported in several places. */
  readonly origin: string;
  readonly declarations: readonly Declaration[];
}

/** What a declaration file says at its top level. */
interface DeclarationFile {
  readonly about: string;
  readonly statements: readonly { readonly doc: string; readonly text: string }[];
}

/** Reads what the module of a .d.ts file exports, through all that it hands on. In alphabetical order, whatever the case. */
export function exportsOf(path: string): { readonly about: string; readonly names: readonly ExportedName[] } {
  const names = namesIn(path).toSorted((a, b) => alphabetical(a.name, b.name));
  return { about: read(path).about, names };
}

function alphabetical(a: string, b: string): number {
  const [low, other] = [a.toLowerCase(), b.toLowerCase()];
  if (low === other) return a < b ? -1 : 1;
  return low < other ? -1 : 1;
}

function namesIn(path: string): readonly ExportedName[] {
  return read(path)
    .statements.flatMap(({ text }): readonly ExportedName[] => {
      const from = /^export (?:type )?(?<what>\*|\{[^}]*\}) from '(?<file>[^']+)'/u.exec(text)?.groups;
      if (from !== undefined) return handedOn(from['what'] ?? '', resolve(dirname(path), declared(from['file'] ?? '')));
      const name = declaredName(text);
      if (name === undefined && text.startsWith('export ') && text !== 'export {};')
        throw new Error(`${path}: this script does not know how to read ${JSON.stringify(text)}`);
      return name === undefined ? [] : [declarationsOf(path, name)];
    })
    .filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index);
}

function handedOn(what: string, file: string): readonly ExportedName[] {
  const all = namesIn(file);
  if (what === '*') return all;
  const wanted = what
    .slice(1, -1)
    .split(',')
    .map((each) => each.trim().replace(/^type /u, ''));
  return wanted
    .filter((each) => each !== '')
    .map((each) => {
      const [inner = '', outer = inner] = each.split(' as ');
      const found = all.find(({ name }) => name === inner);
      if (found === undefined) throw new Error(`${file} does not export ${inner}`);
      return { ...found, name: outer };
    });
}

function declarationsOf(path: string, name: string): ExportedName {
  const own = read(path).statements.filter(({ text }) => declaredName(text) === name);
  const declarations = own.map(({ doc, text }) => ({ doc, code: publicCode(text) }));
  return { name, origin: `${path}#${name}`, declarations };
}

function declaredName(text: string): string | undefined {
  return /^export (?:declare )?(?:abstract )?(?:function|class|interface|type|const) (?<name>\w+)/u.exec(text)
    ?.groups?.['name'];
}

function publicCode(text: string): string {
  return text
    .replace(/^export (?:declare )?/u, '')
    .replaceAll(/import\("[^"]+"\)\./gu, '')
    .replaceAll(/^ +#private;\n/gmu, '')
    .replaceAll(/^(?: {4})+/gmu, (spaces) => ' '.repeat(spaces.length / 2));
}

/** `./x.ts` and `./x.js` are declared in `./x.d.ts`. */
function declared(file: string): string {
  return file.replace(/\.[jt]s$/u, '.d.ts');
}

const files = new Map<string, DeclarationFile>();

function read(path: string): DeclarationFile {
  const known = files.get(path);
  if (known !== undefined) return known;
  const file = parse(readFileSync(path, 'utf8'));
  files.set(path, file);
  return file;
}

/**
 * A comment, or a statement. It is one compiler's own style: what begins at the start of a line begins a statement,
 * unless it closes a bracket, and what is indented goes on with it, after a comment too where it is a part of a union.
 */
const chunk = /^\/\*\*[\s\S]*?\*\/|^[^\s})\]/][^\n]*(?:\n(?=[})\]\s])[^\n]*|\n\/\*\*[^\n]*\*\/(?=\n +[|&]))*/gmu;

function parse(source: string): DeclarationFile {
  const chunks = [...source.matchAll(chunk)].map(([text]) => text);
  const isComment = (text: string | undefined): boolean => text?.startsWith('/**') === true;
  const statements = chunks.flatMap((text, at) => {
    const before = chunks[at - 1];
    return isComment(text) ? [] : [{ doc: isComment(before) ? plain(before ?? '') : '', text: text.trimEnd() }];
  });
  // A module's own comment stands before all else, and where its first statement has one too, before that.
  return { about: isComment(chunks[0]) ? plain(chunks[0] ?? '') : '', statements };
}

function plain(comment: string): string {
  return comment
    .replace(/^\/\*\*(?:\s*\n\s*\*)?\s*/u, '')
    .replace(/\s*\*\/\s*$/u, '')
    .replaceAll(/\n\s*\* ?/gu, '\n')
    .trim();
}
