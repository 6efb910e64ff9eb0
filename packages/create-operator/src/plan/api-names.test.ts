import { describe, expect, it } from 'vitest';

import { apiNames, checkProject } from './api-names.ts';

describe('the names of an API', () => {
  it.each([
    ['Greeting', 'greeting', 'greeting'],
    ['HTTPRoute', 'httpRoute', 'http-route'],
    ['CanaryApp', 'canaryApp', 'canary-app'],
    ['V2Thing', 'v2Thing', 'v2-thing'],
    ['Class', 'class', 'class'],
  ])('%s is %s in code and %s in file names', (kind, camel, kebab) => {
    expect(apiNames({ domain: 'demo.io', version: 'v1', kind })).toMatchObject({ camel, kebab });
  });

  it('have the group before the domain, or the domain alone', () => {
    const request = { domain: 'demo.io', version: 'v1', kind: 'Greeting' };
    expect(apiNames(request).apiGroup).toBe('demo.io');
    expect(apiNames({ ...request, group: 'apps' }).apiGroup).toBe('apps.demo.io');
  });

  it.each([
    [{ kind: 'greeting' }, 'kind "greeting": must be singular and UpperCamelCase'],
    [{ kind: 'Greet-ing' }, 'kind "Greet-ing": must be'],
    [{ kind: '../../Etc' }, 'kind "../../Etc": must be'],
    [{ kind: `G${'r'.repeat(40)}` }, 'at most 40 characters'],
    [{ kind: 'ConfigMap' }, 'kind ConfigMap: the scaffolded files need this name'],
    [{ group: 'Apps' }, 'group "Apps": must be lower-case letters'],
    [{ group: 'apps.demo' }, 'group "apps.demo": must be'],
    [{ group: '' }, 'group "": must be'],
    [{ version: '1' }, 'version "1": must be v1, v2beta1 or v1alpha3'],
    [{ version: 'v1-beta1' }, 'version "v1-beta1": must be'],
    [{ version: 'v0' }, 'version "v0": must be'],
  ])('%j are refused, and the form is told', (wrong, message) => {
    expect(() => apiNames({ domain: 'demo.io', version: 'v1', kind: 'Greeting', ...wrong })).toThrow(message);
  });

  it('are refused with everything that is wrong at once', () => {
    expect(() => apiNames({ domain: 'demo.io', group: 'A', version: '1', kind: 'b' })).toThrow(
      /group "A".*\nversion "1".*\nkind "b"/u,
    );
  });
});

describe('the names of a project', () => {
  it.each([
    ['my-operator', 'demo.io'],
    ['a', 'a.b'],
    ['a'.repeat(28), 'example.com'],
  ])('%s of %s are taken', (name, domain) => {
    expect(() => checkProject(name, domain)).not.toThrow();
  });

  it.each([
    ['My-Operator', 'demo.io', 'project name "My-Operator": must be lower-case letters'],
    ['1st', 'demo.io', 'project name "1st": must be'],
    ['a'.repeat(29), 'demo.io', 'at most 28 characters'],
    ['my-operator', 'localhost', 'domain "localhost": must be a DNS name with a dot'],
    ['my-operator', 'Demo.io', 'domain "Demo.io": must be'],
    ['my-operator', 'apps.k8s.io', 'need an approval of Kubernetes'],
    ['my-operator', 'kubernetes.io', 'need an approval of Kubernetes'],
  ])('%s of %s are refused: %s', (name, domain, message) => {
    expect(() => checkProject(name, domain)).toThrow(message);
  });
});
