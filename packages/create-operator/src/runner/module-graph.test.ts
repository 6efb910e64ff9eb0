import { describe, expect, it } from 'vitest';

import { ModuleGraph, type Change } from './module-graph.ts';

const at = (path: string): string => `file:///p/src/${path}`;

/** main imports operator and settings; operator imports two controllers, which share a kind, and one reads settings. */
function graph(): ModuleGraph {
  const made = new ModuleGraph({ source: 'file:///p/src/', main: at('main.ts'), operator: at('operator.ts') });
  made.note(at('main.ts'), undefined);
  for (const [importer, imported] of [
    ['main.ts', 'operator.ts'],
    ['main.ts', 'settings.ts'],
    ['operator.ts', 'controllers/a.ts'],
    ['operator.ts', 'controllers/b.ts'],
    ['operator.ts', 'webhooks/w.ts'],
    ['controllers/a.ts', 'api/kind.ts'],
    ['controllers/b.ts', 'api/kind.ts'],
    ['controllers/b.ts', 'settings.ts'],
    // A cycle.
    ['api/kind.ts', 'api/names.ts'],
    ['api/names.ts', 'api/kind.ts'],
  ] as const) {
    made.note(at(imported), at(importer));
  }
  return made;
}

const rows: readonly (readonly [what: string, changed: readonly string[], change: Change, isNew: readonly string[]])[] =
  [
    ['a controller', ['controllers/a.ts'], 'operator', ['controllers/a.ts', 'operator.ts']],
    [
      'what two controllers share',
      ['api/names.ts'],
      'operator',
      ['api/names.ts', 'api/kind.ts', 'controllers/a.ts', 'controllers/b.ts', 'operator.ts'],
    ],
    ['the operator itself', ['operator.ts'], 'operator', ['operator.ts']],
    ['the main module', ['main.ts'], { file: at('main.ts'), readBy: 'main' }, []],
    ['what the main module reads as well', ['settings.ts'], { file: at('settings.ts'), readBy: 'main' }, []],
    [
      'one of the operator with one of the main module',
      ['controllers/a.ts', 'settings.ts'],
      { file: at('settings.ts'), readBy: 'main' },
      [],
    ],
    ['a module that nobody imports yet', ['controllers/c.ts'], 'none', []],
    ['one of both', ['controllers/c.ts', 'controllers/a.ts'], 'operator', ['controllers/a.ts', 'operator.ts']],
    [
      'a file that is no module, which anybody may have read',
      ['texts.yaml'],
      { file: at('texts.yaml'), readBy: 'anybody' },
      [],
    ],
  ];

const all = ['main', 'operator', 'settings', 'controllers/a', 'controllers/b', 'webhooks/w', 'api/kind', 'api/names'];

describe('a change of a source file', () => {
  it.each(rows)('%s', (_what, changed, change, isNew) => {
    const modules = graph();
    expect(modules.change(changed.map(at))).toEqual(change);
    const renewed = all.map((name) => `${name}.ts`).filter((path) => modules.current(at(path)) !== at(path));
    expect(renewed.toSorted()).toEqual(isNew.toSorted());
  });

  it('gives a new URL each time, and takes a URL with one for the file that it is', () => {
    const modules = graph();
    modules.change([at('controllers/a.ts')]);
    expect(modules.current(at('controllers/a.ts'))).toBe(`${at('controllers/a.ts')}?generation=1`);
    modules.note(at('controllers/new.ts'), modules.current(at('controllers/a.ts')));
    expect(modules.change([at('controllers/new.ts')])).toBe('operator');
    expect(modules.current(at('controllers/a.ts'))).toBe(`${at('controllers/a.ts')}?generation=2`);
  });

  it('reaches the program too when it is imported by a package', () => {
    const modules = graph();
    modules.note(at('plugin.ts'), 'file:///p/node_modules/loader/index.js');
    expect(modules.change([at('plugin.ts')])).toEqual({ file: at('plugin.ts'), readBy: 'main' });
  });
});
