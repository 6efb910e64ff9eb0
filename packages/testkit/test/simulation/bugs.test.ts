import { describe, expect, it } from 'vitest';

import { ConfigMap } from '@canaryop/reconcile';
import {
  crashAnywhere,
  simulate,
  SimulationFailure,
  stale,
  twoLeaders,
  type FaultKind,
  type Simulation,
  type Subject,
} from '@canaryop/testkit/simulation';

import * as operators from './buggy-operators.ts';

const { Note, note, noteKey, settingsKey } = operators;

const made = (subject: Subject): Simulation => simulate(subject).given(Note.crd(), note);

/** The text of a Note is changed once. */
const edited = (subject: Subject): Simulation =>
  made(subject).when(async ({ quiet, edit }) => {
    await quiet();
    edit(Note, noteKey, (live) => ({ ...live, spec: { text: 'two' } }));
  });

/** A Note is deleted once it is complete. */
const deleted = (subject: Subject): Simulation =>
  made(subject).when(async (cluster) => {
    await cluster.quiet();
    cluster.delete(Note, noteKey);
  });

/** Settings are changed, and then a Note is made that depends on them. */
const configured = (subject: Subject): Simulation => {
  const settings = (text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: settingsKey, data: { text } });
  return simulate(subject)
    .given(Note.crd(), settings('old'))
    .when(async ({ quiet, edit, wait, create }) => {
      await quiet();
      edit(ConfigMap, settingsKey, (live) => ({ ...live, data: { text: 'new' } }));
      await wait(1000);
      create(Note, note);
    });
};

async function failureOf(simulation: Simulation): Promise<SimulationFailure> {
  const failure: unknown = await simulation.converges().catch((error: unknown) => error);
  if (failure instanceof SimulationFailure) return failure;
  throw new Error(`it found nothing: ${JSON.stringify(failure)}`);
}

describe('a simulation', () => {
  it.each<[string, Simulation]>([
    ['is made', made(operators.sound).seeds(5)],
    ['is edited', edited(operators.sound).seeds(5)],
    ['is deleted', deleted(operators.sound).seeds(5)],
    ['has two processes', edited(operators.sound).faults(twoLeaders, crashAnywhere, stale).seeds(3)],
  ])('finds nothing in a sound operator whose object %s', async (_name, simulation) => {
    await simulation.converges();
  });

  const restless = 'it does not come to rest: ';
  const elsewhere = 'it does not come to rest where it does without faults';
  const restarted = 'nothing has changed, and a process that starts writes';

  const undeclared = 'it does what its controllers do not declare';

  it.each<[name: string, Simulation, what: string, detail: string, smallest: readonly FaultKind[]]>([
    ['names its children by chance', made(operators.namesByChance), elsewhere, 'a duplicate: ConfigMap', ['late']],
    ['writes at rest', made(operators.writesAtRest), restless, '', []],
    ['writes when it starts', made(operators.writesAtStart), restarted, '/notes/note/status', []],
    ['declares too little', deleted(operators.declaresTooLittle), undeclared, 'patch /apis/test.io/', []],
    ['counts in memory', edited(operators.countsInMemory), restarted, '/notes/note/status', []],
    ['forgets a finalizer', deleted(operators.forgetsFinalizer), elsewhere, '+ Note default/note', ['die-after']],
    ['says so before it does it', made(operators.saysBeforeItDoes), elsewhere, '- ConfigMap', ['die-after']],
    ['acts on a stale read', configured(operators.actsOnStaleReads), elsewhere, '.status.text: "old"', ['silent']],
    ['ignores conflicts', made(operators.ignoresConflicts), elsewhere, '-   .status: {"text":"one"}', ['conflict']],
    ['swallows errors', made(operators.swallowsErrors), elsewhere, '- ConfigMap', ['refused']],
    [
      'writes without a fence',
      edited(operators.writesUnfenced).faults(twoLeaders),
      'operator-1 writes while operator-2 holds the lease',
      'PATCH ',
      ['pause'],
    ],
  ])('finds that an operator %s, with the fewest faults', async (_name, simulation, what, detail, smallest) => {
    const failure = await failureOf(simulation.seeds(100));
    expect(failure.failure.what).toContain(what);
    expect(failure.failure.details.join('\n')).toContain(detail);
    expect(failure.plan.map(({ kind }) => kind)).toEqual(smallest);
    const again = await failureOf(simulation.replay(failure.replay));
    expect([again.failure, again.plan]).toEqual([failure.failure, failure.plan]);
  });
});
