import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { kebabOf } from '../src/plan/api-names.ts';
import { execute, fromSource, temporaryProject, type TemporaryProject } from './temporary-project.ts';

const variants: readonly (readonly [kind: string, flags: readonly string[]])[] = [
  ['Greeting', []],
  ['Cleaned', ['--finalizer']],
  ['Wide', ['--no-namespaced']],
  ['WideCleaned', ['--no-namespaced', '--finalizer']],
];

// Processes that start processes, on a machine that does other work as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let project: TemporaryProject;
beforeAll(async () => {
  project = await temporaryProject();
  for (const [kind, flags] of variants) {
    await project.reconcile('create', 'api', '--version', 'v1', '--kind', kind, ...flags);
  }
});
afterAll(() => project.remove());

const runTests = (kind: string, suffix = '') =>
  execute(process.execPath, [...fromSource, '--test', `test/${kebabOf(kind)}${suffix}.test.ts`], project.root);

describe('the test of a scaffolded controller', () => {
  it.each(variants)('%s %j passes', async (kind) => {
    const { code, stdout } = await runTests(kind);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/fail 0/u) });
    expect(stdout).toMatch(/pass 5\b/u);
  });

  it.each(['Greeting', 'WideCleaned'])('%s: those of its webhooks pass', async (kind) => {
    const sorts = ['--validating', '--mutating', '--conversion', '--spoke', 'v1beta1'];
    expect(await project.reconcile('create', 'webhook', '--kind', kind, ...sorts)).toMatchObject({ code: 0 });
    const { code, stdout } = await runTests(kind, '-*');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/pass 6\b/u) });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a right that is not declared', { '.owns(ConfigMap)': '.watches(ConfigMap, () => [])' }],
    [
      'a write in each pass',
      {
        "message: 'the ConfigMap is as it should be'": 'message: `seen at ${context.clock.now()}`',
        '{ conditions });': '{ conditions });\n    return { requeueAfterMs: 60_000 };',
      },
    ],
    [
      'a status that is written before what it tells of',
      {
        'await createOrUpdate': `const early = setCondition(
      live.status?.conditions,
      { type: 'Ready', status: 'True', reason: 'Written', message: 'soon' },
      context.clock.now(),
    );
    if (live.status !== undefined) return;
    await context.client.updateStatus(Greeting, live, { conditions: early });
    await createOrUpdate`,
      },
    ],
    ["a child that is not the owner's", { 'ownerReferences: [controllerReference(live)]': 'labels: {}' }],
    ['a spec that is not followed', { 'data: { text: live.spec.text }': "data: { text: 'hello' }" }],
    ['a child that is made again while its owner is going', { ' || isBeingDeleted(live)': '' }],
  ])('fails for %s', async (_name, edits) => {
    const path = join(project.root, 'src/controllers/greeting.ts');
    const source = await readFile(path, 'utf8');
    let wrong = source;
    for (const [from, to] of Object.entries(edits)) {
      expect(source).toContain(from);
      wrong = wrong.replace(from, to);
    }
    await writeFile(path, wrong);
    try {
      const { code, stdout } = await runTests('Greeting');
      expect({ code, stdout }).toMatchObject({ code: 1 });
    } finally {
      await writeFile(path, source);
    }
  });
});
