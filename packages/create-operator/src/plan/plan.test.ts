import { describe, expect, it } from 'vitest';

import { readTemplate } from '../files/template-files.ts';
import { versions } from '../files/own-versions.ts';
import { planApi, type ApiOptions, type ProjectState } from './plan-api.ts';
import { planProject } from './plan-project.ts';
import { planWebhook, type WebhookOptions } from './plan-webhook.ts';
import type { PlannedFile } from './planned-file.ts';
import { parseProject } from './project-file.ts';

const project = planProject({ name: 'my-operator', domain: 'demo.io', versions }, readTemplate);
const greeting: ApiOptions = {
  group: 'demo',
  version: 'v1',
  kind: 'Greeting',
  isNamespaced: true,
  hasController: true,
  hasFinalizer: false,
};

function stateAfter(...plans: readonly (readonly PlannedFile[])[]): ProjectState {
  const files = Object.fromEntries(plans.flat().map(({ path, content }) => [path, String(content)]));
  return { project: parseProject(files['PROJECT'] ?? ''), files };
}

const textIn = (plan: readonly PlannedFile[], path: string): string =>
  String(plan.find((file) => file.path === path)?.content);
const pathsOf = (plan: readonly PlannedFile[]): readonly string[] => plan.map(({ path }) => path).toSorted();

describe('a new project', () => {
  it("has kubebuilder's tree", () => {
    expect(pathsOf(project)).toEqual([
      '.dockerignore',
      '.gitignore',
      'Dockerfile',
      'PROJECT',
      'README.md',
      'config/crd/kustomization.yaml',
      'config/default/kustomization.yaml',
      'config/default/manager_metrics_patch.yaml',
      'config/default/metrics_service.yaml',
      'config/manager/kustomization.yaml',
      'config/manager/manager.yaml',
      'config/prometheus/kustomization.yaml',
      'config/prometheus/monitor.yaml',
      'config/rbac/kustomization.yaml',
      'config/rbac/leader_election_role.yaml',
      'config/rbac/leader_election_role_binding.yaml',
      'config/rbac/metrics_auth_role.yaml',
      'config/rbac/metrics_auth_role_binding.yaml',
      'config/rbac/metrics_reader_role.yaml',
      'config/rbac/role.yaml',
      'config/rbac/role_binding.yaml',
      'config/rbac/service_account.yaml',
      'config/samples/kustomization.yaml',
      'package.json',
      'src/main.ts',
      'src/operator.ts',
      'tsconfig.json',
    ]);
  });

  it('has no placeholder left in it', () => {
    const left = project.filter(({ content }) =>
      /scaffold-(?:project|kind)|ScaffoldKind|scaffold:[a-z]+ /u.test(String(content)),
    );
    expect(pathsOf(left)).toEqual([]);
  });

  it('is the same for the same request', () => {
    expect(planProject({ name: 'my-operator', domain: 'demo.io', versions }, readTemplate)).toEqual(project);
  });

  it('takes packages from vendor/ when it is given some, in its image too', () => {
    const linked = ['create-operator', 'reconcile', 'simkube', 'testkit'].map((name) => ({
      name: `@canaryop/${name}`,
      version: '0.1.0',
      file: `canaryop-${name}-0.1.0.tgz`,
      content: new Uint8Array(1),
    }));
    const plan = planProject({ name: 'my-operator', domain: 'demo.io', versions, linked }, readTemplate);
    const added = pathsOf(plan).filter((path) => !pathsOf(project).includes(path));
    expect(added).toEqual(linked.map(({ file }) => `vendor/${file}`));
    const manifest = JSON.parse(textIn(plan, 'package.json')) as Record<string, Record<string, string>>;
    expect({ ...manifest['dependencies'], ...manifest['devDependencies'] }).toMatchObject(
      Object.fromEntries(linked.map(({ name, file }) => [name, `file:vendor/${file}`])),
    );
    expect(textIn(plan, 'Dockerfile')).toContain('COPY vendor ./vendor\n');
    expect(textIn(project, 'Dockerfile')).not.toContain('vendor');
  });
});

describe('a new API', () => {
  it.each<[string, Partial<ApiOptions>, readonly string[]]>([
    [
      'with a controller',
      {},
      [
        'PROJECT',
        'config/samples/demo_v1_greeting.yaml',
        'config/samples/kustomization.yaml',
        'src/api/v1/greeting.ts',
        'src/controllers/greeting.ts',
        'src/operator.ts',
        'test/greeting.test.ts',
      ],
    ],
    [
      'without one',
      { hasController: false },
      [
        'PROJECT',
        'config/samples/demo_v1_greeting.yaml',
        'config/samples/kustomization.yaml',
        'src/api/v1/greeting.ts',
        'src/operator.ts',
      ],
    ],
  ])('%s is these files', (_name, options, paths) => {
    expect(pathsOf(planApi({ ...greeting, ...options }, stateAfter(project), readTemplate))).toEqual(paths);
  });

  it('is registered in src/operator.ts, in the samples and in PROJECT, beside those that were there', () => {
    const first = planApi(greeting, stateAfter(project), readTemplate);
    const { group: _group, ...ofTheDomain } = greeting;
    const second = planApi(
      { ...ofTheDomain, kind: 'HTTPRoute', hasController: false },
      stateAfter(project, first),
      readTemplate,
    );
    const operator = textIn(second, 'src/operator.ts');
    expect(operator).toContain(
      "import { Greeting } from './api/v1/greeting.ts';\n" +
        "import { greetingController } from './controllers/greeting.ts';\n" +
        "import { HTTPRoute } from './api/v1/http-route.ts';\n",
    );
    expect(operator).toContain('kinds: [\n    Greeting,\n    HTTPRoute,\n');
    expect(operator).toContain('controllers: [\n    greetingController,\n    //');
    expect(textIn(second, 'config/samples/kustomization.yaml')).toBe(
      'resources:\n  - demo_v1_greeting.yaml\n  - demo.io_v1_httproute.yaml\n  # +reconcile:scaffold:samples\n',
    );
    expect(parseProject(textIn(second, 'PROJECT')).resources).toEqual([
      {
        api: { crdVersion: 'v1', namespaced: true },
        controller: true,
        domain: 'demo.io',
        group: 'demo',
        kind: 'Greeting',
        path: 'src/api/v1/greeting.ts',
        version: 'v1',
      },
      {
        api: { crdVersion: 'v1', namespaced: true },
        domain: 'demo.io',
        kind: 'HTTPRoute',
        path: 'src/api/v1/http-route.ts',
        version: 'v1',
      },
    ]);
  });

  it.each<[string, Partial<ApiOptions>, string, string, boolean]>([
    ['of the cluster', { isNamespaced: false }, 'src/api/v1/greeting.ts', "scope: 'Cluster',", true],
    ['of namespaces', {}, 'src/api/v1/greeting.ts', 'scope:', false],
    ['of the cluster', { isNamespaced: false }, 'src/controllers/greeting.ts', "namespace: 'default',", true],
    ['of namespaces', {}, 'src/controllers/greeting.ts', 'metadata: { ...key,', true],
    ['with a finalizer', { hasFinalizer: true }, 'src/controllers/greeting.ts', "'demo.demo.io/greeting'", true],
    ['without one', {}, 'src/controllers/greeting.ts', 'withFinalizer', false],
  ])('%s: %j has in %s: %s %s', (_name, options, path, text, isThere) => {
    const plan = planApi({ ...greeting, ...options }, stateAfter(project), readTemplate);
    expect(textIn(plan, path).includes(text)).toBe(isThere);
  });

  it.each<[string, Partial<ApiOptions>, string]>([
    ['the same', {}, 'Greeting of demo.demo.io/v1 is there already'],
    ['another version', { version: 'v2' }, 'there is a Greeting already, at src/api/v1/greeting.ts'],
    ['another group', { group: 'other' }, 'there is a Greeting already, at src/api/v1/greeting.ts'],
  ])('is refused when it is there: %s', (_name, options, message) => {
    const state = stateAfter(project, planApi(greeting, stateAfter(project), readTemplate));
    expect(() => planApi({ ...greeting, ...options }, state, readTemplate)).toThrow(message);
  });

  it('is refused where there is no project of ours', () => {
    expect(() => parseProject('domain: demo.io\nlayout:\n- go.kubebuilder.io/v4\nprojectName: a\n')).toThrow(
      'not a project of `reconcile init`',
    );
  });
});

describe('webhooks of a kind', () => {
  const withGreeting = (): ProjectState => {
    const plan = planApi(greeting, stateAfter(project), readTemplate);
    return stateAfter(project, plan);
  };
  const validating = { kind: 'Greeting', isValidating: true, isMutating: false };

  it.each<[string, Partial<WebhookOptions>, readonly string[]]>([
    ['to judge', {}, ['src/webhooks/greeting-validation.ts', 'test/greeting-validation.test.ts']],
    [
      'to complete',
      { isValidating: false, isMutating: true },
      ['src/webhooks/greeting-defaulting.ts', 'test/greeting-defaulting.test.ts'],
    ],
    [
      'to convert',
      { isValidating: false, spoke: 'v1beta1' },
      ['src/api/greeting-versions.ts', 'src/api/v1beta1/greeting.ts', 'test/greeting-versions.test.ts'],
    ],
  ])('%s are these files', (_name, options, paths) => {
    const plan = planWebhook({ ...validating, ...options }, withGreeting(), readTemplate);
    const always = ['PROJECT', 'config/default/kustomization.yaml', 'src/operator.ts'];
    expect(pathsOf(plan)).toEqual([...always, ...paths].toSorted());
  });

  it('are registered, one after the other', () => {
    const state = withGreeting();
    const first = planWebhook(validating, state, readTemplate);
    const after = { ...state.files, ...Object.fromEntries(first.map(({ path, content }) => [path, String(content)])) };
    const second = planWebhook(
      { kind: 'Greeting', isValidating: false, isMutating: true, spoke: 'v1beta1' },
      { project: parseProject(after['PROJECT'] ?? ''), files: after },
      readTemplate,
    );
    const operator = textIn(second, 'src/operator.ts');
    expect(operator).toContain('admission: [\n      greetingValidation,\n      greetingDefaulting,\n      //');
    expect(operator).toContain('conversion: [\n      greetingVersions,\n      //');
    expect(textIn(second, 'config/default/kustomization.yaml').match(/^ {2}- \.\.\/webhook$/gmu)).toHaveLength(1);
    expect(parseProject(textIn(second, 'PROJECT')).resources?.[0]?.webhooks).toEqual({
      validation: true,
      defaulting: true,
      conversion: true,
      webhookVersion: 'v1',
    });
  });

  it.each<[string, Partial<WebhookOptions>, string]>([
    ['of no sort', { isValidating: false }, 'choose at least one of --validating, --mutating'],
    ['of a kind that is not there', { kind: 'Cube' }, 'there is no kind Cube in PROJECT, which has Greeting; make it'],
    ['of another group', { group: 'other' }, 'there is no kind Greeting of the group other'],
    ['from its own version', { spoke: 'v1' }, '--spoke v1: Greeting is of this version'],
    ['from what is no version', { spoke: 'beta' }, 'version "beta": must be v1, v2beta1 or v1alpha3'],
  ])('are refused: %s', (_name, options, message) => {
    expect(() => planWebhook({ ...validating, ...options }, withGreeting(), readTemplate)).toThrow(message);
  });

  it('are refused when they are there', () => {
    const state = withGreeting();
    const first = planWebhook(validating, state, readTemplate);
    const after = { ...state.files, ...Object.fromEntries(first.map(({ path, content }) => [path, String(content)])) };
    expect(() =>
      planWebhook(validating, { project: parseProject(after['PROJECT'] ?? ''), files: after }, readTemplate),
    ).toThrow('Greeting has validation already: see PROJECT');
  });
});
