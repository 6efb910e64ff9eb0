import type { Deployment } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { describe, expect, it } from 'vitest';

import { aviarySpec, tester, testerDeployment, type TesterFields } from '../../../test/simulation/aviary-simulation.ts';
import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { adoptedSpec } from '../../api/v1/canaryapp.ts';
import type { Intent } from '../../rollout/decision.ts';
import { podsAtWeight } from '../../rollout/pod-steps.ts';
import type { Sight } from '../target.ts';
import { ratioDeployment } from './ratio-deployment.ts';

const app: CanaryApp = {
  apiVersion: 'canary.atze.io/v1',
  kind: 'CanaryApp',
  metadata: { name: tester, namespace: 'default', uid: 'u' },
  spec: { ...aviarySpec, service: { hosts: ['*'] } } as unknown as CanaryApp['spec'],
};
const spec = adoptedSpec(app);
if (spec === undefined) throw new Error('there is no target');
const target = ratioDeployment(app, spec);

const primaryName = `${tester}-primary`;

/** What is seen where these Deployments are. */
function sightOf(...deployments: readonly Deployment[]): Sight {
  return {
    get: (kind, name) =>
      deployments.find((each) => each.kind === kind.kind && each.metadata.name === name) as KubernetesObject as never,
    pods: () => [],
    endpoints: () => 0,
  };
}

/** A Deployment with a count, so many of whose pods are ready. */
function withPods(deployment: Deployment, count: number, ready = count): Deployment {
  return { ...deployment, spec: { ...deployment.spec, replicas: count } as never, status: { readyReplicas: ready } };
}

/** Primary, as it is made for the target. */
function primaryOf(original: Deployment): Deployment {
  const sight = sightOf(original);
  const { wanted } = target.observe(sight);
  if (!('id' in wanted)) throw new Error(wanted.message);
  const children = target.children(sight, restOf(wanted.id));
  const found = children.find(({ desired }) => desired?.metadata.name === primaryName);
  if (found?.desired === undefined) throw new Error('no primary is made');
  return withPods(found.desired, 5);
}

function restOf(id: string): Intent {
  const primary = { id, image: 'i', port: 80 };
  return { primary, weight: 0, reach: 0, routePort: 80, servicePorts: [80] };
}

const released = testerDeployment();
const primary = withPods(primaryOf(released), 5);

/** Somebody set the count. */
function setBy(manager: string, deployment: Deployment): Deployment {
  const fieldsV1 = { 'f:spec': { 'f:replicas': {} } };
  const managedFields = [{ manager, operation: 'Update' as const, time: '2026-01-01T00:00:00Z', fieldsV1 }];
  return { ...deployment, metadata: { ...deployment.metadata, managedFields } };
}

/** What is decided about a target that looks like this, in Aviary's words. */
function decisionOn(changed: Deployment): string {
  const { wanted, replicas, direct } = target.observe(sightOf(changed, primary));
  const isNew = 'id' in wanted && wanted.id !== primary.metadata.annotations?.['canary.atze.io/revision'];
  const { count = 0, set } = replicas ?? {};
  const scale = set === undefined || set.count === count ? [] : [`scale to ${set.count}`];
  const release = isNew ? [direct === undefined ? 'canary' : 'direct'] : [];
  return [...release, ...scale].join(', ') || 'ignored';
}

const deployed = (fields: TesterFields, count = 0): Deployment => withPods(testerDeployment(fields), count);

/** The target's template with something else in it. */
function templated(change: (template: NonNullable<Deployment['spec']>['template']) => object): Deployment {
  const base = deployed({});
  const { template } = base.spec ?? { template: {} };
  return { ...base, spec: { ...base.spec, template: { ...template, ...change(template) } } as never };
}

const podSpecOf = (template: NonNullable<Deployment['spec']>['template']): object => template.spec ?? {};

describe('a change of a target whose pods are the route', () => {
  it.each<[string, Deployment, string]>([
    ['another image is a canary', deployed({ tag: 'latest' }), 'canary'],
    ['other arguments are a canary', deployed({ behaviour: 'fail' }), 'canary'],
    [
      'an init container is a canary',
      templated((template) => ({
        spec: { ...podSpecOf(template), initContainers: [{ name: 'init', image: 'init:1' }] },
      })),
      'canary',
    ],
    [
      'another image and something else is a canary',
      deployed({ tag: 'latest', terminationGracePeriodSeconds: 10 }),
      'canary',
    ],
    ['a grace period goes directly', deployed({ terminationGracePeriodSeconds: 10 }), 'direct'],
    [
      'a label of the pods goes directly',
      templated(({ metadata }) => ({ metadata: { ...metadata, labels: { ...metadata?.labels, tier: 'x' } } })),
      'direct',
    ],
    [
      'an annotation of the pods goes directly',
      templated(({ metadata }) => ({ metadata: { ...metadata, annotations: { ...metadata?.annotations, x: 'y' } } })),
      'direct',
    ],
    ['a count that somebody sets scales', setBy('kubectl', deployed({}, 9)), 'scale to 9'],
    ['a count of one scales', setBy('kubectl', deployed({}, 1)), 'scale to 1'],
    ['a count and an image are both', setBy('kubectl', deployed({ tag: 'latest' }, 9)), 'canary, scale to 9'],
    [
      'a count and a grace period are both',
      setBy('kubectl', deployed({ terminationGracePeriodSeconds: 9 }, 9)),
      'direct, scale to 9',
    ],
    ['the count that there is scales nothing', setBy('kubectl', deployed({}, 5)), 'ignored'],
    ['a count of nothing is how a target rests', setBy('kubectl', deployed({}, 0)), 'ignored'],
    ['a count of ours is how much is tried', setBy('canaryop', deployed({}, 2)), 'ignored'],
    ['no change is none', deployed({}), 'ignored'],
    [
      'metadata of the Deployment is noise',
      {
        ...deployed({}),
        metadata: {
          ...deployed({}).metadata,
          annotations: { 'deployment.kubernetes.io/revision': '7' },
          generation: 9,
        },
      },
      'ignored',
    ],
    [
      'what an API server fills in is noise',
      templated((template) => ({ spec: { ...podSpecOf(template), dnsPolicy: 'ClusterFirst' } })),
      'ignored',
    ],
  ])('%s', (_what, changed, decision) => {
    expect(decisionOn(changed)).toBe(decision);
  });
});

interface CountRow {
  /** Asked for and ready, of each. */
  readonly canary: readonly [number, number];
  readonly primary: readonly [number, number];
  readonly intent: Partial<Intent>;
  /** The counts that are asked for then. */
  readonly becomes: readonly [canary: number, primary: number];
}

const tried = { id: 'tried', image: 'i', port: 80 };
const trial = (weight: number): Partial<Intent> => ({ secondary: tried, weight });

const countRows: Readonly<Record<string, CountRow>> = {
  'a step: the canary’s pod first': { canary: [0, 0], primary: [5, 5], intent: trial(20), becomes: [1, 5] },
  'primary keeps its pod until that is ready': { canary: [1, 0], primary: [5, 5], intent: trial(20), becomes: [1, 5] },
  'then primary gives one up': { canary: [1, 1], primary: [5, 5], intent: trial(20), becomes: [1, 4] },
  'one for each that is ready': { canary: [3, 2], primary: [5, 5], intent: trial(60), becomes: [3, 3] },
  'a pod that is not ready any more changes no count': {
    canary: [2, 1],
    primary: [3, 3],
    intent: trial(40),
    becomes: [2, 3],
  },
  'a rollback: primary’s pods first': { canary: [2, 2], primary: [3, 3], intent: trial(0), becomes: [2, 5] },
  'a canary’s pod goes for each that is ready': { canary: [2, 2], primary: [5, 4], intent: trial(0), becomes: [1, 5] },
  'and the last with the last': { canary: [1, 1], primary: [5, 5], intent: trial(0), becomes: [0, 5] },
  'no secondary is none, when primary is whole': { canary: [1, 1], primary: [5, 5], intent: {}, becomes: [0, 5] },
  'a hand on primary is corrected': { canary: [2, 2], primary: [1, 1], intent: trial(40), becomes: [2, 3] },
  'a hand on the canary is corrected': { canary: [5, 5], primary: [4, 4], intent: trial(20), becomes: [1, 4] },
  'more pods in all': { canary: [0, 0], primary: [5, 5], intent: { replicas: 9 }, becomes: [0, 9] },
  'fewer in all, at once': { canary: [0, 0], primary: [9, 9], intent: { replicas: 5 }, becomes: [0, 5] },
  'more in all, while the user’s own pods stand in': {
    canary: [9, 9],
    primary: [5, 5],
    intent: { replicas: 9 },
    becomes: [4, 9],
  },
  'both whole, while one takes over': {
    canary: [5, 5],
    primary: [5, 0],
    intent: { ...trial(100), isDoubled: true },
    becomes: [5, 5],
  },
  'all goes back: primary gives up what the target has': {
    canary: [5, 3],
    primary: [5, 5],
    intent: trial(100),
    becomes: [5, 2],
  },
  'and is empty in the end': { canary: [5, 5], primary: [2, 2], intent: trial(100), becomes: [5, 0] },
  'a single pod is joined by another': {
    canary: [0, 0],
    primary: [1, 1],
    intent: { ...trial(50), replicas: 1 },
    becomes: [1, 1],
  },
  'a count that is let be stays': { canary: [3, 3], primary: [5, 5], intent: { leavesCount: true }, becomes: [3, 5] },
};

const rest = (): Intent => restOf(primary.metadata.annotations?.['canary.atze.io/revision'] ?? '');

/** The counts that are asked for where these are there. */
function countsFor(canary: Deployment, stable: Deployment, intent: Partial<Intent>): readonly [number, number] {
  const children = target.children(sightOf(canary, stable), { ...rest(), replicas: 5, ...intent });
  const countIn = (deployment: Deployment): number => {
    const child = children.find(({ live }) => live?.metadata.name === deployment.metadata.name);
    return child?.replicas?.count ?? patchedCount(child?.lent?.patch) ?? deployment.spec?.replicas ?? 1;
  };
  return [countIn(canary), countIn(stable)];
}

/** The count that a merge patch sets. */
function patchedCount(patch: { readonly spec?: { readonly replicas?: number } } = {}): number | undefined {
  return patch.spec?.replicas;
}

describe('the counts of both', () => {
  it.each(Object.entries(countRows))('%s', (_what, { canary, primary: stable, intent, becomes }) => {
    expect(countsFor(withPods(released, ...canary), withPods(primary, ...stable), intent)).toEqual(becomes);
  });

  it('never ask for fewer than there are in all, whatever is ready', () => {
    for (const weight of [0, 20, 40, 60]) {
      for (let asked = 0; asked <= 5; asked += 1) {
        for (let ready = 0; ready <= asked; ready += 1) {
          const [tries, keeps] = countsFor(withPods(released, asked, ready), withPods(primary, 5), trial(weight));
          expect(Math.min(tries, ready) + keeps).toBeGreaterThanOrEqual(5);
          expect(tries).toBeGreaterThanOrEqual(podsAtWeight(weight, 5));
        }
      }
    }
  });
});
