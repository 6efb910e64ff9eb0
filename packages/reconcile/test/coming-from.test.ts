import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../../docs');
const read = (page: string): string => readFileSync(join(docs, page), 'utf8');
const operator = readFileSync(join(import.meta.dirname, 'first-operator.ts'), 'utf8');

/** Exports, and the members of what is exported, as the API reference has them; `pnpm check` keeps that true. */
const names = new Set(
  globSync('api/**/*.md', { cwd: docs }).flatMap((page) => [
    ...[...read(page).matchAll(/^## (\w+)$/gmu)].map(([, name]) => name),
    ...[...read(page).matchAll(/^ +(?:readonly )?(\w+)\??[:(<]/gmu)].map(([, name]) => name),
  ]),
);
const commands = read('cli.md');

/** What of a name in backticks is not there. Arguments are not looked at. */
function missingOf(span: string): readonly string[] {
  if (span.startsWith('reconcile ')) return commands.includes(`\`${span}`) ? [] : [span];
  const path = span.replaceAll(/\([^)]*\)/gu, '').split('.');
  return path.filter((name) => !names.has(name));
}

/** The names in backticks in the column of ours. */
function oursIn(page: string): readonly string[] {
  const rows = page.split('\n').filter((line) => /^\| (?!.*\| here \|$)/u.test(line));
  return rows.flatMap((row) => {
    const ours = row.split(/(?<!\\)\|/u)[2] ?? '';
    return [...ours.matchAll(/`([^`]+)`/gu)].map(([, span = '']) => span);
  });
}

describe.each(['controller-runtime', 'kopf', 'kube-rs', 'client-node'])('docs/coming-from-%s.md', (framework) => {
  const page = read(`coming-from-${framework}.md`);

  it('names only what there is', () => {
    expect(oursIn(page).length).toBeGreaterThan(25);
    expect(oursIn(page).flatMap(missingOf)).toEqual([]);
  });

  it('shows the operator as it is tested', () => {
    expect(page).toContain(operator);
  });
});

describe('what the pages are held to', () => {
  it('is not met by what nobody exports', () => {
    expect(missingOf('createOrUpdate(context, kind, desired)')).toEqual([]);
    expect(missingOf('createOrReplace')).toEqual(['createOrReplace']);
    expect(missingOf('lister(kind).fetch')).toEqual(['fetch']);
    expect(missingOf('reconcile deploy')).toEqual(['reconcile deploy']);
  });
});
