import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { configMap, widget, widgetDefinition } from '../widgets.ts';
import { KubectlSession } from './kubectl.ts';
import { deployment, service } from './manifests.ts';

let kubectl: KubectlSession;
beforeAll(async () => {
  kubectl = await KubectlSession.start({ definitions: [widgetDefinition] });
});
afterAll(async () => {
  await kubectl[Symbol.asyncDispose]();
});

const versions = (kinds: string): Promise<string> =>
  kubectl.ok(`get ${kinds} -o jsonpath={.items[*].metadata.resourceVersion}`);

describe('kubectl apply', () => {
  it('creates, says unchanged the second time, and changes nothing', async () => {
    const file = kubectl.file('twice.yaml', [
      deployment('twice'),
      service('twice'),
      configMap('twice', { a: '1' }),
      widget('twice'),
    ]);
    expect(await kubectl.ok(`apply -f ${file}`)).toBe(
      'deployment.apps/twice created\nservice/twice created\nconfigmap/twice created\nwidget.example.com/twice created',
    );
    const of = 'deploy/twice svc/twice cm/twice wd/twice';
    const before = await versions(of);
    const again = await kubectl.ok(`apply -f ${file}`);
    expect(again.split('\n').every((line) => line.endsWith(' unchanged'))).toBe(true);
    expect((await kubectl.run(`diff -f ${file}`)).code).toBe(0);
    expect(await versions(of)).toBe(before);
  });

  it('merges containers by name and leaves what others set', async () => {
    await kubectl.ok(`apply -f ${kubectl.file('merge.yaml', [deployment('merge')])}`);
    await kubectl.ok('scale deploy merge --replicas=5');
    await kubectl.ok(['set', 'env', 'deploy/merge', 'A=b']);
    await kubectl.ok(`apply -f ${kubectl.file('merge.yaml', [deployment('merge', 'nginx:1.26')])}`);
    const container = '{.spec.template.spec.containers[0]';
    const shown = await kubectl.ok([
      'get',
      'deploy',
      'merge',
      '-o',
      `jsonpath=${container}.image} ${container}.env[0].name}`,
    ]);
    expect(shown).toBe('nginx:1.26 A');
  });

  it('server side twice keeps the resourceVersion, and shows conflicts by field', async () => {
    const file = kubectl.file('ssa.yaml', [deployment('ssa'), widget('ssa')]);
    await kubectl.ok(`apply --server-side -f ${file}`);
    const before = await versions('deploy/ssa wd/ssa');
    await kubectl.ok(`apply --server-side -f ${file}`);
    expect(await versions('deploy/ssa wd/ssa')).toBe(before);
    await kubectl.ok('set image deploy/ssa main=nginx:2');
    const refused = await kubectl.fails(`apply --server-side -f ${file}`);
    expect(refused).toContain(
      'conflict with "kubectl-set" using apps/v1: .spec.template.spec.containers[name="main"].image',
    );
    await kubectl.ok(`apply --server-side --force-conflicts -f ${file}`);
    expect(await kubectl.ok('get deploy ssa -o jsonpath={..image}')).toBe('nginx:1.25');
  });

  it('moves from client side to server side and sees no difference', async () => {
    const file = kubectl.file('move.yaml', [deployment('move')]);
    await kubectl.ok(`apply -f ${file}`);
    await kubectl.ok(`apply --server-side -f ${file}`);
    expect((await kubectl.run(`diff --server-side -f ${file}`)).code).toBe(0);
  });

  it('shows with diff what it would change, and changes nothing', async () => {
    await kubectl.ok(`apply -f ${kubectl.file('diff.yaml', [deployment('diff')])}`);
    const changed = kubectl.file('diff.yaml', [deployment('diff', 'nginx:9')]);
    const { code, stdout } = await kubectl.run(`diff -f ${changed}`);
    expect([code, /^\+ +- image: nginx:9$/mu.test(stdout)]).toEqual([1, true]);
    expect(await kubectl.ok('get deploy diff -o jsonpath={..image}')).toBe('nginx:1.25');
  });

  it('takes what kustomize makes', async () => {
    kubectl.file('base.yaml', [configMap('based', { a: '1' })]);
    kubectl.file('kustomization.yaml', 'resources: [base.yaml]\nnamePrefix: k-\nlabels: [{pairs: {team: x}}]\n');
    const built = await kubectl.ok(`kustomize ${kubectl.folder}`);
    expect(await kubectl.ok('apply -f -', { stdin: built })).toBe('configmap/k-based created');
    expect(await kubectl.ok(`apply -k ${kubectl.folder}`)).toBe('configmap/k-based unchanged');
  });

  it.each([
    ['an unknown field', { color: 'red', colour: 'x' }, 'strict decoding error: unknown field "spec.colour"'],
    ['a wrong type', { color: 'red', size: 'x' }, 'spec.size: Invalid value: "string"'],
    [
      'a value that is not offered',
      { color: 'green' },
      'spec.color: Unsupported value: "green": supported values: "red", "blue"',
    ],
    ['a broken rule', { color: 'red', size: 99 }, 'size must be at most 10'],
    ['a missing field', {}, 'spec.color: Required value'],
  ])('refuses a custom resource with %s, and names the field', async (_what, spec, message) => {
    const file = kubectl.file(`bad-${message.length}.yaml`, [widget('bad', spec)]);
    expect(await kubectl.fails(`apply -f ${file}`)).toContain(message);
  });

  it('refuses a built-in kind with an unknown field, and names it', async () => {
    const text = JSON.stringify(deployment('typo')).replace('"image"', '"imag"');
    const refused = await kubectl.fails('apply -f -', { stdin: text });
    expect(refused).toContain('unknown field "spec.template.spec.containers[0].imag"');
  });
});
