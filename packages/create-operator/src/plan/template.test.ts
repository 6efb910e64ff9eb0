import { describe, expect, it } from 'vitest';

import { render } from './template.ts';

const api = { apiGroup: 'demo.demo.io', version: 'v1', kind: 'HTTPRoute', camel: 'httpRoute', kebab: 'http-route' };
const values = { project: 'my-operator', api };

describe('a template', () => {
  it.each([
    ['class ScaffoldKind', 'class HTTPRoute'],
    ['scaffoldKindController', 'httpRouteController'],
    ["'./api/v99beta99/scaffold-kind.ts'", "'./api/v1/http-route.ts'"],
    ['group.scaffold.example/v99beta99', 'demo.demo.io/v1'],
    ['scaffold-project-system', 'my-operator-system'],
  ])('%s becomes %s', (template, text) => {
    expect(render(template, values)).toBe(text);
  });

  it.each<[string, readonly string[], string]>([
    ['a\n  b, // scaffold:x\nc', ['x'], 'a\n  b,\nc'],
    ['a\n  b, // scaffold:x\nc', [], 'a\nc'],
    ['a\n  // scaffold:y d,\nc', ['y'], 'a\n  d,\nc'],
    ['a\n  // scaffold:y d,\nc', ['x'], 'a\nc'],
    ['COPY a # scaffold:x\nRUN b', [], 'RUN b'],
    ['COPY a # scaffold:x\nRUN b', ['x'], 'COPY a\nRUN b'],
    ['// +reconcile:scaffold:imports', [], '// +reconcile:scaffold:imports'],
  ])('%j with %j is %j', (template, flags, text) => {
    expect(render(template, { ...values, flags })).toBe(text);
  });

  it('of a project has no names of an API in it', () => {
    expect(() => render('ScaffoldKind', { project: 'my-operator' })).toThrow(
      'uses ScaffoldKind, which stands for nothing here',
    );
  });
});
