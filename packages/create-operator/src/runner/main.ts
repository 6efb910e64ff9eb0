/**
 * Loaded by `reconcile dev` into an operator's process, before src/main.ts: has changed modules imported anew, exchanges
 * the controllers when it is asked to, and ends the process when whoever asks is gone.
 */
import { subscribe } from 'node:diagnostics_channel';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { processEnv } from '@canaryop/reconcile/env';
import { managerStartChannel, type ManagerStart } from '@canaryop/reconcile/manager';

import { operatorFile } from '../plan/plan-api.ts';
import { HotOperator } from './hot-operator.ts';
import { runnerVariable, type LoadAnswer, type RunnerNotice, type RunnerRequest, type SwapAnswer } from './messages.ts';
import { ModuleGraph } from './module-graph.ts';

/** How long an operator has to end by itself. Its cluster may have gone along with `reconcile dev`. */
const patienceMs = 5000;

// What the operator starts has these arguments too, and no `reconcile dev` above it.
if (process.env[runnerVariable] !== undefined) {
  delete process.env[runnerVariable];
  begin(process.cwd());
}

function begin(root: string): void {
  const urlOf = (path: string): string => pathToFileURL(join(root, path)).href;
  const operatorUrl = urlOf(operatorFile);
  const graph = new ModuleGraph({ source: urlOf('src/'), main: urlOf('src/main.ts'), operator: operatorUrl });
  renewModules(graph);
  const operator = new HotOperator({
    root,
    operator: operatorUrl,
    graph,
    importModule: async (url) => (await import(url)) as Readonly<Record<string, unknown>>,
  });
  subscribe(managerStartChannel, (start) => {
    operator.begins(start as ManagerStart);
    tell({ begun: true });
  });
  process.on('message', (request: RunnerRequest) => {
    void answer(operator, request);
  });
  process.once('disconnect', end);
  // An operator that has nothing more to do ends, whoever listens.
  process.channel?.unref();
}

/** Has each source file resolve to its newest URL. */
function renewModules(graph: ModuleGraph): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const importer = context.parentURL;
      const note = (url: string): void => {
        if (importer !== import.meta.url && graph.isSource(url)) graph.note(url, importer);
      };
      // Also what is not there yet: when it comes, its importer can be loaded.
      if (importer !== undefined && /^\.\.?\//u.test(specifier)) note(new URL(specifier, importer).href);
      const resolved = nextResolve(specifier, context);
      note(resolved.url);
      return graph.isSource(resolved.url) ? { ...resolved, url: graph.current(resolved.url) } : resolved;
    },
  });
}

async function answer(operator: HotOperator, request: RunnerRequest): Promise<void> {
  tell('load' in request ? await operator.load(request) : await operator.swap());
}

function tell(message: RunnerNotice | LoadAnswer | SwapAnswer): void {
  // Whoever is gone need not be told; that this process ends is seen to.
  process.send?.(message, undefined, undefined, () => undefined);
}

/** Nobody is left who would end this process. */
function end(): void {
  process.kill(process.pid, 'SIGTERM');
  processEnv().timers.schedule(patienceMs, () => process.kill(process.pid, 'SIGKILL'));
}
