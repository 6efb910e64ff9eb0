import type { InformerProblem } from '@canaryop/reconcile/cache';
import { Deployment } from '@canaryop/reconcile/kinds';
import { describe, expect, it } from 'vitest';

import { VirtualService } from '../../traffic/istio/kinds.ts';
import { kindsState } from './observe.ts';

const informer = (hasSynced: boolean, reason?: InformerProblem['reason']) => ({
  kind: VirtualService,
  hasSynced,
  problem: reason === undefined ? undefined : { reason, message: 'the server said so' },
});
const well = { kind: Deployment, hasSynced: true, problem: undefined };

describe('whether kinds can be read', () => {
  it.each<[string, boolean, InformerProblem['reason'] | undefined, 'loading' | 'IstioMissing' | undefined]>([
    ['they can, once they are in memory', true, undefined, undefined],
    ['before the first answer that is not known', false, undefined, 'loading'],
    ['a server that starts and answers 429 has not said that it lacks a kind', false, 'Refused', 'loading'],
    ['nor has one that does not answer', false, 'Unreachable', 'loading'],
    ['what is not served is missing', false, 'NotInstalled', 'IstioMissing'],
    ['also when it was there before', true, 'NotInstalled', 'IstioMissing'],
    ['what may not be read is as good as missing', false, 'Forbidden', 'IstioMissing'],
    ['what was read still stands when it may not be read any more', true, 'Forbidden', undefined],
    ['and through an outage', true, 'Unreachable', undefined],
  ])('%s', (_, hasSynced, reason, expected) => {
    const state = kindsState([well, informer(hasSynced, reason)]);
    expect(typeof state === 'object' ? state.reason : state).toBe(expected);
  });
});
