import { isDeepStrictEqual } from 'node:util';

import type { Condition } from '@canaryop/reconcile/object';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Reason } from '../../src/api/v1/reasons.ts';
import { startArgoCdWorld, type ArgoCdWorld } from './argocd-world.ts';
import { applicationManifest, canaryAppManifest, installProject } from './example.ts';
import type { Application } from './kinds.ts';

let world: ArgoCdWorld;

beforeAll(async () => {
  world = await startArgoCdWorld({ operator: false });
  await installProject(world);
});

afterAll(async () => {
  await world.stop();
});

interface Case {
  readonly name: string;
  /** What the operator wrote; absent: nothing yet. */
  readonly status?: object;
  /** Whether the spec changes after that. */
  readonly edited?: boolean;
  readonly health: string;
  readonly message: string;
}

function condition(type: string, status: Condition['status'], reason: string, message: string): Condition {
  return { type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
}

const released = {
  observedGeneration: 1,
  conditions: [condition('Ready', 'True', 'Released', 'example:v1 has all traffic')],
};

const cases: readonly Case[] = [
  { name: 'just-created', health: 'Progressing', message: 'the operator has not seen this spec yet' },
  {
    name: 'without-conditions',
    status: { observedGeneration: 1 },
    health: 'Progressing',
    message: 'the operator has not said yet how it is',
  },
  {
    name: 'working',
    status: {
      observedGeneration: 1,
      conditions: [
        condition('Ready', 'Unknown', 'TrafficShifted', 'example:v2 gets 10 %'),
        condition('Reconciling', 'True', 'TrafficShifted', 'example:v2 gets 10 %'),
      ],
    },
    health: 'Progressing',
    message: 'TrafficShifted: example:v2 gets 10 %',
  },
  {
    name: 'paused',
    status: {
      observedGeneration: 1,
      conditions: [
        condition('Ready', 'Unknown', Reason.Paused, 'example:v2 keeps 10 %'),
        condition('Reconciling', 'True', Reason.Paused, 'example:v2 keeps 10 %'),
      ],
    },
    health: 'Suspended',
    message: 'Paused: example:v2 keeps 10 %',
  },
  { name: 'released', status: released, health: 'Healthy', message: 'Released: example:v1 has all traffic' },
  {
    name: 'released-then-edited',
    status: released,
    edited: true,
    health: 'Progressing',
    message: 'the operator has not seen this spec yet',
  },
  {
    name: 'rolled-back',
    status: {
      observedGeneration: 1,
      conditions: [
        condition('Ready', 'False', 'RevisionRefused', 'example:v2 failed'),
        condition('Stalled', 'True', 'RevisionRefused', 'example:v2 failed'),
      ],
    },
    health: 'Degraded',
    message: 'RevisionRefused: example:v2 failed',
  },
  {
    name: 'rolled-back-then-edited',
    status: {
      observedGeneration: 1,
      conditions: [condition('Stalled', 'True', 'RevisionRefused', 'example:v2 failed')],
    },
    edited: true,
    health: 'Progressing',
    message: 'the operator has not seen this spec yet',
  },
];

describe('the health check, run by Argo CD', () => {
  it('says of each state of a CanaryApp what people and scripts have to know', async () => {
    const { git, kubectl, applications, canaryApps, refresh, argoCd } = world;
    const key = { namespace: argoCd.namespace, name: 'states' };
    const manifests = (port: number) =>
      Object.fromEntries(
        cases.map(({ name, edited = false }) => [
          `states/${name}.yaml`,
          canaryAppManifest(name, edited ? { imageListenPort: port } : {}),
        ]),
      );
    await git.commit('every state', manifests(8088));
    await kubectl(['apply', '-f', '-'], applicationManifest(git.url, { name: 'states' }));
    await applications.until(key, 'synced', ({ status }) => status?.sync?.status === 'Synced');
    for (const { name, status } of cases) {
      if (status === undefined) continue;
      const patch = JSON.stringify({ status });
      await kubectl(['patch', 'canaryapp', name, '--subresource=status', '--type=merge', `--patch=${patch}`]);
    }
    const edited = await git.commit('some specs change', manifests(8089));
    await refresh('states');
    await applications.until(
      key,
      'at the second commit',
      ({ status }) => status?.sync?.revision === edited && status.sync.status === 'Synced',
    );
    await canaryApps.until(
      { namespace: 'default', name: 'released-then-edited' },
      'edited',
      ({ metadata }) => metadata.generation === 2,
    );

    const wanted = Object.fromEntries(cases.map(({ name, health, message }) => [name, { status: health, message }]));
    const said = (application: Application): object =>
      Object.fromEntries((application.status?.resources ?? []).map(({ name, health }) => [name, health]));
    await refresh('states');
    const application = await applications
      .until(key, 'of every state', (seen) => isDeepStrictEqual(said(seen), wanted), 30_000)
      // What it says instead is shown better by the expectation.
      .catch(() => applications.get(key));
    expect(said(application)).toEqual(wanted);
    expect(application.status?.health?.status).toBe('Degraded');
  });
});
