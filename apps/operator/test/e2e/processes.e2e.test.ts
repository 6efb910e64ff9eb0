import { parseTime } from '@canaryop/reconcile/env';
import { createClient, isConflict } from '@canaryop/reconcile/client';
import { describe, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { env } from './stage/env.ts';
import { fileStage, ownWorld, servedApp } from './stage/file-stage.ts';
import { measured } from './stage/measured.ts';
import { installedArgs, type OperatorProcess } from './stage/operator-process.ts';
import { hasSecondary, image, type ReleasedApp } from './stage/released-app.ts';

/** Operators of one namespace each, so that these stories run side by side. */
const stage = fileStage();

/** An operator for one namespace, as who runs it by hand would start it: without a lease, so that it acts at once. */
function operatorOf(namespace: string): Promise<OperatorProcess> {
  const ports = ['--metrics-bind-address=0', '--health-probe-bind-address=0'];
  return stage.operators.start({ args: [`--namespace=${namespace}`, ...ports] });
}

/** What is there to be seen at one moment of a release, and the first moment that it is there. */
type Moment = readonly [string, (app: ReleasedApp) => boolean];

/** The operator of one namespace, however often it dies. */
class Mortal {
  readonly #namespace: string;
  #operator: OperatorProcess | undefined;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  async start(): Promise<void> {
    this.#operator = await operatorOf(this.#namespace);
  }

  /** kill -9 as soon as each moment is there, and another one each time. */
  async dieAt(app: ReleasedApp, moments: readonly Moment[]): Promise<void> {
    for (const [what, isThere] of moments) {
      await app.until(what, isThere);
      await this.#operator?.kill();
      await this.start();
    }
  }
}

const rollout: readonly Moment[] = [
  ['has a run', ({ status }) => status.phase === 'Starting'],
  ['has secondary', (app) => app.imageOf('secondary') === image('v2')],
  ['intends its first weight', ({ status }) => status.run?.step === 25],
  ['has its first weight', ({ weight }) => weight === 25],
  ['shows its first weight', ({ status }) => status.trafficShift === 25],
  ['has its last weight', ({ weight }) => weight === 50],
  ['records the promotion', ({ status }) => status.phase === 'Promoting'],
  ['has it on primary', (app) => app.imageOf('primary') === image('v2')],
  ['has all traffic on primary', ({ weight }) => weight === 0],
  ['is released', ({ status }) => status.releasedImage === image('v2')],
];

const rollback: readonly Moment[] = [
  ['has its verdict', ({ status }) => status.lastFailedTag === image('v3')],
  ['has no traffic', ({ weight }) => weight === 0],
  ['is cleared away', ({ status }) => status.phase === 'RollingBack' && status.run?.drainSince !== undefined],
];

describe.concurrent('an operator that is killed with -9', () => {
  it('while it installs, and again and again, installs all the same', async ({ expect }) => {
    const app = await stage.app('e2e-kill-install');
    const operator = new Mortal(app.key.namespace);
    await operator.start();
    await app.create();
    await operator.dieAt(app, [
      ['has a status', ({ status }) => status.phase !== undefined],
      ['has primary', (each) => each.imageOf('primary') !== undefined],
      ['has routes', ({ weight }) => weight === 0],
    ]);
    await app.untilPhase('Released');
    expect(app.status).toMatchObject({ releasedImage: image('v1'), successfulRelease: true });
    expect(app.weights.map(({ weight }) => weight)).toEqual([0]);
  });

  it('at every step of a rollout ends it as if nothing had happened', async ({ expect }) => {
    const operator = new Mortal('e2e-kill-rollout');
    await operator.start();
    const { app, requests } = await servedApp(stage, 'e2e-kill-rollout');
    await app.set({ image: image('v2') });
    await operator.dieAt(app, rollout);
    await app.untilPhase('Released');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.weights.map(({ weight }) => weight)).toEqual([0, 25, 50, 0]);
    expect(app.status).toMatchObject({ releasedImage: image('v2'), successfulRelease: true, lastFailedTag: '' });
    expect(hasSecondary(stage.cluster, app)).toBe(false);
  });

  it('at every step of a rollback ends it as if nothing had happened', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const operator = new Mortal('e2e-kill-rollback');
    await operator.start();
    const { app, requests } = await servedApp(stage, 'e2e-kill-rollback');
    await app.set({ image: image('v3') });
    await app.untilWeight(25);
    const errors = app.requests(ingressPort, '/nothello', 10);
    await app.until('has failed', rollback[0]?.[1] ?? (() => false));
    await errors.stop();
    await operator.dieAt(app, rollback);
    await app.untilPhase('Failed');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.weights.at(-1)?.weight).toBe(0);
    expect(app.weights.map(({ weight }) => weight).slice(0, 2)).toEqual([0, 25]);
    expect(app.status.failedRevisions).toMatchObject([{ image: image('v3'), reason: 'CheckFailed' }]);
    expect(hasSecondary(stage.cluster, app)).toBe(false);
  });
});

/** The lease runs out after 15 s; who waits for it looks each 2 s, and a fifth longer at most. The rest is for a busy machine. */
const takeoverMs = 15_000 + 2_400 + 2_000;

/** As it is installed, but for one namespace. */
const leaderArgs = [...installedArgs, '--namespace=e2e-leader'];

/** Starts two, and says which of them leads. */
async function startTwo(): Promise<{ readonly leader: OperatorProcess; readonly standby: OperatorProcess }> {
  const leader = await stage.operators.start({ args: leaderArgs });
  await leader.line('leading');
  const standby = await stage.operators.start({ args: leaderArgs });
  await standby.line('serving probes');
  return { leader, standby };
}

async function leads(operator: OperatorProcess): Promise<boolean> {
  return (await operator.lines()).some(({ msg }) => msg === 'leading');
}

describe.concurrent('two operators', () => {
  it('go on within the lease when the leader is killed in the middle of a shift, and no step is taken twice', async ({
    expect,
  }) => {
    const { leader, standby } = await startTwo();
    const { app, requests } = await servedApp(stage, 'e2e-leader');
    await app.set({ image: image('v2') });
    await app.until('shows its first weight', ({ status }) => status.trafficShift === 25);
    expect(await leads(standby)).toBe(false);
    await leader.kill();
    const killedAt = env.clock.monotonic();
    const { ts } = await standby.line('leading');
    const tookMs = env.clock.monotonic() - killedAt;
    const ledAt = env.clock.monotonic() - (env.clock.now() - (parseTime(String(ts)) ?? NaN));
    measured(`the standby led ${(tookMs / 1000).toFixed(1)} s after kill -9 of the leader`);
    expect(tookMs).toBeLessThan(takeoverMs);
    await app.untilPhase('Released');
    await requests.stop();
    // The next step may be due the moment somebody leads, and not before.
    expect(app.weights.filter(({ at }) => at > killedAt && at < ledAt)).toEqual([]);
    expect(requests.failures).toEqual([]);
    expect(app.weights.map(({ weight }) => weight)).toEqual([0, 25, 50, 0]);
    const { decisions = [], releasedImage } = app.status;
    expect(releasedImage).toBe(image('v2'));
    expect(decisions.map(({ reason }) => reason).toReversed()).toEqual([
      'Installed',
      'CanaryStarted',
      'TrafficShifted',
      'TrafficShifted',
      'PromotionStarted',
      'Released',
    ]);
    // A leader that is asked to end hands over at once.
    const third = await stage.operators.start({ args: leaderArgs });
    await third.line('serving probes');
    await standby.terminate();
    const endedAt = env.clock.monotonic();
    await third.line('leading');
    expect(env.clock.monotonic() - endedAt).toBeLessThan(5_000);
  });
});

/** A status patch that carries uid and resourceVersion, and nothing else. */
describe.concurrent('the client’s confirm', () => {
  it('is answered where it is the newest state, writes nothing, and is a conflict elsewhere', async ({ expect }) => {
    const app = await stage.app('e2e-confirm');
    await app.create();
    const client = createClient({ env, connection: stage.cluster.connection, fieldManager: 'e2e-confirm' });
    const live = await client.get(CanaryApp, app.key);
    if (live === undefined) throw new Error('there is no CanaryApp');
    await client.confirm(CanaryApp, live);
    const same = await client.get(CanaryApp, app.key);
    expect(same?.metadata.resourceVersion).toBe(live.metadata.resourceVersion);
    await app.set({ testReplicas: 2 });
    const stale = await client.confirm(CanaryApp, live).catch((error: unknown) => error);
    expect(isConflict(stale)).toBe(true);
    const now = await client.get(CanaryApp, app.key);
    if (now === undefined) throw new Error('there is no CanaryApp');
    await client.confirm(CanaryApp, now);
    // Another object of the same name. (Of a custom resource's status the server compares the resourceVersion only.)
    await stage.cluster.remove(CanaryApp, app.key);
    await app.create();
    const gone = await client.confirm(CanaryApp, now).catch((error: unknown) => error);
    expect(isConflict(gone)).toBe(true);
  });
});
