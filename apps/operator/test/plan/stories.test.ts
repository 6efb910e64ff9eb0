import { describe, expect, it } from 'vitest';

import type { Deployment } from '@canaryop/reconcile/kinds';

import { TinyWorld } from './tiny-world.ts';

function installed(spec = {}, script = {}): TinyWorld {
  const world = new TinyWorld(spec, script);
  world.run();
  Object.assign(world.counts, { status: 0, create: 0, apply: 0, scale: 0, delete: 0, notices: 0 });
  return world;
}

const total = ({ counts }: TinyWorld): number =>
  counts.status + counts.create + counts.apply + counts.scale + counts.delete;

describe('the story of a CanaryApp', () => {
  it('installs the first image straight on primary', () => {
    const world = installed();
    expect(world.status).toMatchObject({
      successfulRelease: true,
      releasedImage: 'go-status-code-server:v1',
      phase: 'Released',
      trafficShift: 0,
    });
    expect(world.live.secondary).toBeUndefined();
    expect(world.weight).toBe(0);
    expect(world.violations).toEqual([]);
  });

  it('rolls out in five steps, with at most 24 writes and 8 events', () => {
    const world = installed();
    world.edit({ image: 'go-status-code-server:v2' });
    world.run();
    expect(world.weights).toEqual([10, 20, 30, 40, 50, 0]);
    expect(world.status).toMatchObject({
      successfulRelease: true,
      releasedImage: 'go-status-code-server:v2',
      testRunning: false,
      trafficShift: 0,
    });
    expect(world.status.run).toBeUndefined();
    expect(world.live.secondary).toBeUndefined();
    expect(total(world)).toBeLessThanOrEqual(24);
    expect(world.counts.notices).toBeLessThanOrEqual(8);
    expect(world.violations).toEqual([]);
  });

  it('rolls back when the query returns a result, and refuses that image until it is told to retry', () => {
    const world = installed(
      {},
      {
        verdict: (image: string, weight: number) =>
          image === 'go-status-code-server:v3' && weight >= 20 ? 'breach' : 'pass',
      },
    );
    world.edit({ image: 'go-status-code-server:v3' });
    world.run();
    expect(world.weights).toEqual([10, 20, 0]);
    expect(world.status).toMatchObject({
      successfulRelease: false,
      lastFailedTag: 'go-status-code-server:v3',
      releasedImage: 'go-status-code-server:v1',
      phase: 'Failed',
    });
    expect(world.live.secondary).toBeUndefined();
    expect(world.violations).toEqual([]);
    world.edit({ replicas: 3 });
    world.run();
    expect(world.weights).toEqual([10, 20, 0]);
    world.annotate({ 'canary.atze.io/command': 'retry@next#again' });
    world.run();
    expect(world.weights).toEqual([10, 20, 0, 10, 20, 0]);
  });

  it('fails a release whose pods crash, without any traffic', () => {
    const world = installed(
      {},
      { behaviour: (image: string) => (image === 'go-status-code-server:v4' ? 'crash-loop' : 'ready') },
    );
    world.edit({ image: 'go-status-code-server:v4' });
    world.run();
    expect(world.weights).toEqual([]);
    expect(world.status).toMatchObject({ lastFailedTag: 'go-status-code-server:v4', phase: 'Failed' });
    expect(world.status.failedRevisions?.[0]).toMatchObject({ reason: 'PodFailed' });
  });

  it('fails a release that is not ready by its deadline', () => {
    const world = installed(
      {},
      { behaviour: (image: string) => (image === 'go-status-code-server:v4' ? 'never-ready' : 'ready') },
    );
    world.edit({ image: 'go-status-code-server:v4' });
    const before = world.now;
    world.run((now) => now.status.lastFailedTag === 'go-status-code-server:v4');
    expect(world.now - before).toBeGreaterThanOrEqual(600_000);
    expect(world.now - before).toBeLessThanOrEqual(602_000);
  });

  it('waits before the first weight while the query fails already, and goes on when it does not', () => {
    let dirtyUntil = Infinity;
    const world: TinyWorld = installed({}, { verdict: () => (world.now < dirtyUntil ? 'breach' : 'pass') });
    world.edit({ image: 'go-status-code-server:v2' });
    world.run((now) => now.status.phase === 'Waiting');
    expect(world.status.conditions?.[0]).toMatchObject({ reason: 'AlreadyFailing', status: 'Unknown' });
    dirtyUntil = world.now + 60_000;
    const writes = total(world);
    world.run((now) => now.now >= dirtyUntil - 5_000);
    expect(total(world)).toBe(writes);
    world.run();
    expect(world.status.releasedImage).toBe('go-status-code-server:v2');
  });

  it('ends a run whose image is replaced in the middle, and starts the new one from the beginning', () => {
    const world = installed();
    world.edit({ image: 'go-status-code-server:v2' });
    world.run((now) => now.weight === 30);
    world.edit({ image: 'go-status-code-server:v3' });
    world.run();
    expect(world.weights).toEqual([10, 20, 30, 0, 10, 20, 30, 40, 50, 0]);
    expect(world.status).toMatchObject({ releasedImage: 'go-status-code-server:v3', lastFailedTag: '' });
    expect(world.violations).toEqual([]);
  });

  it('ends a run clean when the image goes back to the running one', () => {
    const world = installed();
    world.edit({ image: 'go-status-code-server:v2' });
    world.run((now) => now.weight === 20);
    world.edit({ image: 'go-status-code-server:v1' });
    world.run();
    expect(world.weights).toEqual([10, 20, 0]);
    expect(world.status).toMatchObject({
      releasedImage: 'go-status-code-server:v1',
      successfulRelease: true,
      phase: 'Released',
    });
    expect(world.status.failedRevisions ?? []).toEqual([]);
  });

  it('finishes a recorded promotion before it starts a newer revision', () => {
    const world = installed();
    world.edit({ image: 'go-status-code-server:v2' });
    world.run((now) => now.status.run?.stage === 'Promoting');
    world.edit({ image: 'go-status-code-server:v3' });
    world.run((now) => now.status.releasedImage === 'go-status-code-server:v2');
    world.run();
    expect(world.status.releasedImage).toBe('go-status-code-server:v3');
    expect(world.violations).toEqual([]);
  });

  it('gives primary the last good image back when a promotion does not become ready, and only then takes the weight away', () => {
    let broken = false;
    const world: TinyWorld = installed(
      {},
      { behaviour: (image: string) => (image === 'go-status-code-server:v2' && broken ? 'never-ready' : 'ready') },
    );
    world.edit({ image: 'go-status-code-server:v2' });
    world.run((now) => now.status.run?.stage === 'Promoting');
    broken = true;
    world.run();
    expect(world.status).toMatchObject({
      lastFailedTag: 'go-status-code-server:v2',
      releasedImage: 'go-status-code-server:v1',
      phase: 'Failed',
      successfulRelease: false,
    });
    expect(world.live.primary?.spec?.template.spec?.containers[0]?.image).toBe('go-status-code-server:v1');
    expect(world.violations).toEqual([]);
  });

  it('lists both ports in the Service while the port changes', () => {
    const world = installed();
    world.edit({ image: 'go-status-code-server:v2', imageListenPort: 9090 });
    world.run((now) => now.weight === 50);
    expect(world.live.service?.spec?.ports?.map(({ port }) => port)).toEqual([8088, 9090]);
    expect(world.live.virtualService?.spec.http[0]?.route[0]?.destination.port?.number).toBe(8088);
    world.run();
    expect(world.live.service?.spec?.ports?.map(({ port }) => port)).toEqual([9090]);
    expect(world.live.virtualService?.spec.http[0]?.route[0]?.destination.port?.number).toBe(9090);
    expect(world.violations).toEqual([]);
  });

  it('goes on without an answer when failWhenPrometheusFails is false, and says so each time', () => {
    const world = installed({ failWhenPrometheusFails: false }, { verdict: () => 'error' });
    world.edit({ image: 'go-status-code-server:v2' });
    world.run();
    expect(world.status.releasedImage).toBe('go-status-code-server:v2');
    expect(
      world.status.decisions?.filter(({ reason }) => reason === 'ProviderErrorIgnored').length,
    ).toBeGreaterThanOrEqual(4);
  });

  it('never moves traffic on the word of a forbidden address', () => {
    const world = installed({ failWhenPrometheusFails: false }, { verdict: () => 'forbidden' });
    world.edit({ image: 'go-status-code-server:v2' });
    world.run((now) => now.status.phase === 'Waiting');
    const end = world.now + 3_600_000;
    world.run((now) => now.now > end, 10_000);
    expect(world.weights).toEqual([]);
    expect(world.status.conditions?.find(({ type }) => type === 'Stalled')).toMatchObject({
      reason: 'AddressForbidden',
    });
  });

  it('applies a change of replicas at once and leaves a count that somebody else set', () => {
    const world = installed();
    world.edit({ replicas: 4 });
    world.run();
    expect(world.live.primary?.spec?.replicas).toBe(4);
    const { primary } = world.live;
    world.live.primary = { ...primary, spec: { ...primary?.spec, replicas: 7 } } as Deployment;
    world.run();
    expect(world.live.primary.spec?.replicas).toBe(7);
  });
});
