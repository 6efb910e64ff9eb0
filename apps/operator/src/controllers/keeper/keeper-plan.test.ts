import type { Deployment } from '@canaryop/reconcile/kinds';
import { validateObject } from '@canaryop/reconcile/validation';
import { describe, expect, it } from 'vitest';

import type { CanaryApp, CanaryAppStatus } from '../../api/v1/canaryapp.ts';
import { keeperPlan, type KeeperFacts, type KeeperPlan } from './keeper-plan.ts';

const time = '2026-01-01T00:00:00Z';
const failText = 'shop:v2: PodFailed: it ended';
const id = 'canary-fail-20260101T000000Z';

type Notes = Readonly<Record<string, string>>;

function workload(annotations: Notes = {}, metadata: object = {}, containers = ['web']): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'shop',
      namespace: 'default',
      uid: 'w',
      labels: { canary: 'true' },
      annotations: { 'canary-image': 'shop:v2', ...annotations },
      ...metadata,
    },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      template: { spec: { containers: containers.map((name) => ({ name, image: 'shop:v1' })) } },
    },
  };
}

const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', uid: 'w', controller: true };

function app(status: Partial<CanaryAppStatus> = {}, annotations: Notes = {}, more: object = {}): CanaryApp {
  return {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: {
      name: 'shop',
      namespace: 'default',
      uid: 'a',
      generation: 1,
      annotations,
      ownerReferences: [owner],
      ...more,
    },
    spec: {
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      canaryPod: { image: 'shop:v2', durationSeconds: 900 },
    },
    status: { observedGeneration: 1, forUid: 'a', ...status },
  } as unknown as CanaryApp;
}

const failed: Partial<CanaryAppStatus> = {
  phase: 'Failed',
  failedRevisions: [{ revision: '1-v2', image: 'shop:v2', reason: 'PodFailed', message: 'it ended', time }],
};
const run = { revision: '1-v2', image: 'shop:v2', port: 80, stage: 'Shifting', stageSince: time, step: 25 } as const;

/** A plan in short: what the workload is told, and what the application is. */
function short(plan: KeeperPlan): object {
  const notes = (part: { metadata?: { annotations?: object } } | undefined) => part?.metadata?.annotations;
  const { create, remove, problem } = plan;
  return {
    ...(create === undefined ? {} : { creates: create.spec }),
    ...(remove === undefined ? {} : { removes: remove.metadata.name }),
    ...(notes(plan.workload) === undefined ? {} : { says: notes(plan.workload) }),
    ...(notes(plan.app) === undefined ? {} : { notes: notes(plan.app) }),
    ...(problem === undefined ? {} : { problem }),
  };
}

const planOf = (facts: KeeperFacts) => keeperPlan(facts, validateObject);
const plan = (seen: Deployment | undefined, made?: CanaryApp) =>
  short(planOf({ kind: 'Deployment', workload: seen, app: made }));
const nothing = { 'canary-problem': null, 'canary-pod': null, 'canary-fail': null };
const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };

describe('the life of an application that is kept for a workload', () => {
  it.each<[string, object, object]>([
    [
      'it is made when the label and the image are there',
      plan(workload()),
      { creates: { targetRef, canaryPod: { image: 'shop:v2', durationSeconds: 900 } } },
    ],
    [
      'with the container and the duration that are asked for',
      plan(workload({ 'canary-name': 'b', 'canary-duration': '1h30m' }, {}, ['a', 'b'])),
      { creates: { targetRef, canaryPod: { image: 'shop:v2', container: 'b', durationSeconds: 5400 } } },
    ],
    ['not before a failure of the original service is cleared', plan(workload({ 'canary-fail': 'old' })), {}],
    ['it is left to itself while it does nothing', plan(workload(), app({ phase: 'Released' })), {}],
    [
      'the pod is named while it is tried',
      plan(workload(), app({ run })),
      { says: { 'canary-problem': null, 'canary-pod': 'shop-canary' } },
    ],
    ['and said once', plan(workload({ 'canary-pod': 'shop-canary' }), app({ run })), {}],
    [
      'and not any more when it is gone',
      plan(workload({ 'canary-pod': 'shop-canary' }), app({ phase: 'Released' })),
      { says: { 'canary-problem': null, 'canary-pod': null } },
    ],
    [
      'a failure is told to the workload first',
      plan(workload(), app(failed)),
      { says: { ...nothing, 'canary-fail': failText } },
    ],
    [
      'then it is noted that it was told',
      plan(workload({ 'canary-fail': failText }), app(failed)),
      { notes: { 'canary.atze.io/told-failure': id } },
    ],
    [
      'and then there is nothing to do',
      plan(workload({ 'canary-fail': failText }), app(failed, { 'canary.atze.io/told-failure': id })),
      {},
    ],
    [
      'who takes it away asks for another try, by one id however often this is seen',
      plan(workload(), app(failed, { 'canary.atze.io/told-failure': id })),
      { notes: { 'canary.atze.io/command': `retry@1-v2#${id}` } },
    ],
    [
      'a failure that is over is not told any more',
      plan(workload({ 'canary-fail': failText }), app({ phase: 'Released' }, { 'canary.atze.io/told-failure': id })),
      { says: { 'canary-problem': null, 'canary-pod': null, 'canary-fail': null } },
    ],
    [
      'what somebody else wrote there stays',
      plan(workload({ 'canary-fail': 'theirs' }), app({ phase: 'Released' })),
      {},
    ],
    ['it goes with the label', plan(undefined, app()), { removes: 'shop' }],
    [
      'none is made for a workload that a CanaryApp has made',
      plan(workload({}, { ownerReferences: [{ ...owner, kind: 'CanaryApp' }] })),
      {},
    ],
    [
      'while the workload is being deleted nothing is done',
      plan(workload({}, { deletionTimestamp: time }), app(failed)),
      {},
    ],
    [
      'while it is being deleted itself nothing is done',
      plan(workload(), app(failed, {}, { deletionTimestamp: time })),
      {},
    ],
  ])('%s', (_what, planned, expected) => {
    expect(planned).toEqual(expected);
  });

  it('follows what is asked for, and says nothing of it before that is seen', () => {
    const asked = workload({ 'canary-image': 'shop:v3', 'canary-pod': 'shop-canary' });
    const planned = planOf({ kind: 'Deployment', workload: asked, app: app({ run, ...failed }) });
    expect(planned).toEqual({
      app: { spec: { canaryPod: { image: 'shop:v3', container: null, durationSeconds: 900 } } },
    });
  });
});

describe('what can’t be done', () => {
  it.each<[string, Deployment, RegExp]>([
    ['there is no image', workload({}, { annotations: {} }), /^annotation canary-image is missing/],
    [
      'the image is none',
      workload({ 'canary-image': 'shop v2' }),
      /^annotation canary-image is "shop v2", which is no image/,
    ],
    [
      'the duration is none',
      workload({ 'canary-duration': 'soon' }),
      /^annotation canary-duration is "soon"; it must be/,
    ],
    ['the duration is nothing', workload({ 'canary-duration': '0s' }), /canary-duration/],
    ['the duration is too long', workload({ 'canary-duration': '25h' }), /at most 24h/],
    [
      'there is no such container',
      workload({ 'canary-name': 'x' }),
      /^annotation canary-name is "x"; the containers are web/,
    ],
    [
      'it could be one of several',
      workload({}, {}, ['a', 'b']),
      /^annotation canary-name is missing; it must be one of a, b/,
    ],
    ['its name is too long', workload({}, { name: 's'.repeat(51) }), /at most 50/],
  ])('is said on the workload: %s', (_what, seen, why) => {
    const { workload: patch, problem, create } = planOf({ kind: 'Deployment', workload: seen, app: undefined });
    expect(create).toBeUndefined();
    expect(problem).toMatch(why);
    expect(patch).toEqual({ metadata: { annotations: { 'canary-problem': problem } } });
    const told = {
      ...seen,
      metadata: { ...seen.metadata, annotations: { ...seen.metadata.annotations, 'canary-problem': problem ?? '' } },
    };
    expect(planOf({ kind: 'Deployment', workload: told, app: undefined })).toEqual({});
  });

  it('leaves an application as it is, and is not said any more when it is mended', () => {
    const problem = expect.stringContaining('canary-duration') as string;
    const wrong = workload({ 'canary-duration': 'soon' });
    expect(planOf({ kind: 'Deployment', workload: wrong, app: app({ phase: 'Released' }) })).toMatchObject({
      problem,
      app: {},
    });
    expect(plan(workload({ 'canary-problem': 'x' }))).toMatchObject({ says: { 'canary-problem': null }, creates: {} });
  });

  it('is what stands in the way of the application, too', () => {
    const conditions = [{ type: 'Stalled', status: 'True', reason: 'TargetConflict', message: 'taken' }] as never;
    expect(plan(workload(), app({ phase: 'Blocked', conditions }))).toMatchObject({ problem: 'TargetConflict: taken' });
  });

  it('touches no application of somebody else’s', () => {
    const theirs = app({}, {}, { ownerReferences: [] });
    const planned = planOf({ kind: 'Deployment', workload: workload(), app: theirs });
    expect(planned).toMatchObject({ problem: expect.stringContaining('was not made for this Deployment') });
    expect([planned.app, planned.remove, planned.create]).toEqual([undefined, undefined, undefined]);
    expect(plan(undefined, theirs)).toEqual({});
    const ofOther = app({}, {}, { ownerReferences: [{ ...owner, kind: 'DeploymentConfig' }] });
    expect(plan(undefined, ofOther)).toEqual({});
  });

  it('leaves the application to the first of two kinds of one name that ask for it', () => {
    const ofOther = app({}, {}, { ownerReferences: [{ ...owner, kind: 'DeploymentConfig', uid: 'other' }] });
    expect(planOf({ kind: 'Deployment', workload: workload(), app: ofOther })).toEqual({
      problem: expect.stringContaining('was not made for this Deployment'),
      workload: { metadata: { annotations: { 'canary-problem': expect.any(String) } } },
    });
  });

  it('waits for the application of an earlier workload of its name to go', () => {
    expect(plan(workload({}, { uid: 'new' }), app(failed))).toEqual({});
  });
});
