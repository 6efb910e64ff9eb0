import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, type ControllerDefinition } from '@canaryop/reconcile';
import type { Manager } from '@canaryop/reconcile/manager';

import { HotOperator } from './hot-operator.ts';
import { ModuleGraph } from './module-graph.ts';

const source = 'file:///p/src/';
const operatorUrl = `${source}operator.ts`;
const place = { url: 'https://127.0.0.1:9443' };
const made = (): ControllerDefinition =>
  controller('a')
    .for(ConfigMap)
    .reconcile(() => Promise.resolve());

/** An operator whose module is another one each time that it is imported, as after a change. */
function hotOperator({ importsOperator = true, problem = '' } = {}) {
  const graph = new ModuleGraph({ source, main: `${source}main.ts`, operator: operatorUrl });
  if (importsOperator) graph.note(operatorUrl, `${source}main.ts`);
  const modules = new Map<
    string,
    { operator: { fieldManager: string; kinds: []; controllers: ControllerDefinition[] } }
  >();
  const reloads: (readonly ControllerDefinition[])[] = [];
  const manager = {
    reload: (definitions: readonly ControllerDefinition[]) => {
      reloads.push(definitions);
      return problem === '' ? Promise.resolve() : Promise.reject(new Error(problem));
    },
  } as unknown as Manager;
  const moduleNow = () => {
    const url = graph.current(operatorUrl);
    const module = modules.get(url) ?? { operator: { fieldManager: 'm', kinds: [], controllers: [made()] } };
    modules.set(url, module);
    return module;
  };
  const hot = new HotOperator({
    root: '/p',
    operator: operatorUrl,
    graph,
    importModule: () => Promise.resolve(moduleNow()),
  });
  const load = (path = '/p/src/operator.ts') => hot.load({ load: [path], place });
  return { hot, manager, reloads, moduleNow, load };
}

describe('the operator of a process', () => {
  it('has its manager work with the controllers that were loaded last, once it is asked to', async () => {
    const { hot, manager, reloads, moduleNow, load } = hotOperator();
    hot.begins({ manager, controllers: moduleNow().operator.controllers });
    expect(await load()).toEqual({ description: expect.objectContaining({ fieldManager: 'm', kinds: [] }) });
    expect(reloads).toEqual([]);
    expect(await load()).toHaveProperty('description');
    expect(await hot.swap()).toEqual({ swapped: true });
    expect(reloads).toEqual([moduleNow().operator.controllers]);
  });

  it.each([
    ['before it has begun', {}, [], 'no manager has started yet'],
    ['that has several managers', {}, ['own', 'own'], 'src/main.ts runs several managers'],
    [
      'that is not the one of the module',
      { importsOperator: false },
      ['own'],
      'src/main.ts does not import src/operator.ts',
    ],
    ['whose main module runs others', {}, ['more'], 'src/main.ts runs other controllers than src/operator.ts lists'],
  ] as const)('%s cannot exchange its controllers', async (_when, options, starts, restart) => {
    const { hot, manager, moduleNow, load } = hotOperator(options);
    const { controllers } = moduleNow().operator;
    for (const which of starts) {
      hot.begins({ manager, controllers: which === 'own' ? controllers : [...controllers, made()] });
    }
    expect(await load()).toEqual({ restart });
  });

  it('says why its manager does not take new ones', async () => {
    const { hot, manager, moduleNow, load } = hotOperator({ problem: 'workers must be 1 or more' });
    hot.begins({ manager, controllers: moduleNow().operator.controllers });
    await load();
    expect(await hot.swap()).toEqual({ problem: expect.stringContaining('workers must be 1 or more') });
  });

  it('takes no notice of what is not a part of it, and of what editors have removed', async () => {
    const { hot, manager, moduleNow, load } = hotOperator();
    hot.begins({ manager, controllers: moduleNow().operator.controllers });
    expect(await load('/p/src/4913')).toEqual({ unaffected: true });
  });
});
