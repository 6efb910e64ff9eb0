import { describe, expect, it } from 'vitest';

import { failed, passed, shifting, starting } from '../../test/plan/moments.ts';
import {
  appOf,
  at,
  nowSeconds,
  outcomeOf,
  planOf,
  released,
  runOf,
  v2,
  v3,
  type Situation,
} from '../../test/plan/situation.ts';
import { conditionsFor } from './conditions.ts';

describe('Status', () => {
  it('turns testRunning true in the write that shows the first weight', () => {
    const run = runOf('Shifting', { step: 10, trafficSince: at(999) });
    const before = outcomeOf({ ...starting, status: { run } }).status;
    const after = outcomeOf({ ...starting, status: { run }, weight: 10 }).status;
    expect(before).toMatchObject({ testRunning: false, trafficShift: 0 });
    expect(after).toMatchObject({ testRunning: true, trafficShift: 10, lastTrafficShift: at(nowSeconds) });
  });

  it('shows as trafficShift what was read back, and as step what is intended', () => {
    const { status } = outcomeOf({ ...shifting, check: passed });
    expect(status).toMatchObject({ trafficShift: 20, run: { step: 30 } });
  });

  it('has Ready, and Reconciling or Stalled only while they hold, with observedGeneration', () => {
    const typesOf = (situation: Situation): readonly string[] =>
      (outcomeOf(situation).status?.conditions ?? []).map(({ type, status, observedGeneration }) => {
        expect(observedGeneration).toBe(7);
        return `${type}=${status}`;
      });
    expect(typesOf({ status: {} })).toEqual(['Ready=True']);
    expect(typesOf(shifting)).toEqual(['Ready=Unknown', 'Reconciling=True']);
    expect(typesOf({ wanted: v2, status: { failedRevisions: [failed()] } })).toEqual(['Ready=False', 'Stalled=True']);
  });

  it('keeps at most 10 failed revisions and 10 decisions', () => {
    const failedRevisions = Array.from({ length: 10 }, () => failed(v3)).map((entry, index) => ({
      ...entry,
      revision: `1-${index}`,
    }));
    const decisions = Array.from({ length: 10 }, () => ({ time: at(1), reason: 'Released', message: '' }));
    const status = { ...shifting.status, failedRevisions, decisions };
    const after = outcomeOf({ ...shifting, status, check: { verdict: 'breach', askedAt: 995 } }).status;
    expect(after?.failedRevisions).toHaveLength(10);
    expect(after?.failedRevisions?.[0]?.revision).toBe(v2.id);
    expect(after?.decisions).toHaveLength(10);
  });

  it('keeps the time of a condition that did not change', () => {
    const conditions = conditionsFor(
      { now: 0, app: appOf({}), status: released() },
      { progress: 'done', reason: 'Released', message: 'shop:v1 has all traffic' },
    );
    const { status } = outcomeOf({ status: { conditions } });
    expect(status?.conditions?.[0]?.lastTransitionTime).toBe('1970-01-01T00:00:00Z');
  });

  it('shows the image that is wanted, released or not, for those who list applications', () => {
    const wantedImage = (situation: Situation): string | undefined => outcomeOf(situation).status?.wantedImage;
    expect(wantedImage({ status: {} })).toBe('shop:v1');
    expect(wantedImage(shifting)).toBe('shop:v2');
    expect(wantedImage({ wanted: v2, status: { failedRevisions: [failed()] } })).toBe('shop:v2');
  });

  it('fits its schema however long the images are', () => {
    const long = (tag: string) => ({ id: `1-${tag}`, image: `registry.example/${'x'.repeat(490)}:${tag}`, port: 8088 });
    const [a, b] = [long('a'), long('b')];
    const status = { ...released({}, a), forUid: 'app-uid' };
    const { status: after } = outcomeOf({ wanted: b, status, primary: { runs: a, readySince: 0 } });
    for (const { message } of after?.decisions ?? []) expect(message.length).toBeLessThanOrEqual(1024);
    expect(after?.decisions).toHaveLength(1);
  });

  it('names a request that was not handled before', () => {
    const check = { verdict: 'breach', askedAt: 998 } as const;
    const messageOf = (lastCommand: string | undefined): string | undefined => {
      const status = { ...starting.status, ...(lastCommand === undefined ? {} : { lastCommand }) };
      return outcomeOf({ ...starting, status, check }).status?.conditions?.[0]?.message;
    };
    expect(messageOf(undefined)).toContain(`promote@${v2.id}#1`);
    expect(messageOf('1')).toContain(`promote@${v2.id}#2`);
    expect(messageOf('again')).toContain(`promote@${v2.id}#1`);
  });

  it('names one that was not handled before the last one either', () => {
    const check = { verdict: 'breach', askedAt: 998 } as const;
    const status = { ...starting.status, lastCommand: 'again', earlierCommands: ['2', '7', 'x'] };
    expect(outcomeOf({ ...starting, status, check }).status?.conditions?.[0]?.message).toContain('#8');
  });

  it('keeps the ids of the last requests, so that none is handled again', () => {
    const earlier = Array.from({ length: 16 }, (_, index) => `old-${index}`);
    const status = { ...shifting.status, lastCommand: 'last', earlierCommands: earlier };
    const next = outcomeOf({ ...shifting, status, command: 'pause@next#new' }).status;
    expect(next?.lastCommand).toBe('new');
    expect(next?.earlierCommands).toEqual(['last', ...earlier.slice(0, 15)]);
    expect(outcomeOf({ ...shifting, status, check: passed }).status?.earlierCommands).toEqual(earlier);
    expect(outcomeOf({ ...shifting, command: 'pause@next#new' }).status?.earlierCommands).toBeUndefined();
  });
});

describe('Order of writes', () => {
  it('takes a weight away before anything else is tried, so that a refused write cannot keep it', () => {
    const { writes } = planOf({ ...shifting, wanted: v3, spec: { replicas: 5, podSecurity: 'restricted' } });
    expect(writes[0]?.kind.kind).toBe('VirtualService');
  });

  it('gives a weight after everything else is there', () => {
    const { writes } = planOf({ ...starting, check: passed, spec: { replicas: 5 } });
    expect(writes.map(({ kind }) => kind.kind)).toEqual(['Deployment', 'VirtualService']);
  });
});
