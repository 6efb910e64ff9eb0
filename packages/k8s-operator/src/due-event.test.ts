import type { KubernetesObject } from '@canaryop/reconcile/object';
import { describe, expect, it } from 'vitest';

import { disappeared, dueEvent, handed, handled, untold, type Told } from './due-event.ts';

/** `a1`: the incarnation a, in its version a1. */
const at = (version: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'x', uid: version.slice(0, 1), resourceVersion: version },
});

type Step = readonly ['handles' | 'fails on' | 'loses' | 'is to repeat', string?];

function after(steps: readonly Step[]): Told {
  return steps.reduce((told, [what, version = '']) => {
    if (what === 'is to repeat') return { ...told, isRepeated: true };
    if (what === 'loses') return disappeared(told, at(version));
    const event = dueEvent(told, at(version));
    if (event === undefined) return told;
    return what === 'handles' ? handled(handed(told, event), event) : handed(told, event);
  }, untold);
}

describe('what a handler is told', () => {
  it.each<[string, readonly Step[], string | undefined, string | undefined]>([
    ['a new object as added', [], 'a1', 'ADDED a1'],
    ['nothing of an object that has not changed', [['handles', 'a1']], 'a1', undefined],
    ['a change as modified, with the newest state', [['handles', 'a1']], 'a4', 'MODIFIED a4'],
    ['an object as added until it has dealt with it', [['fails on', 'a1']], 'a2', 'ADDED a2'],
    [
      'a change until it has',
      [
        ['handles', 'a1'],
        ['fails on', 'a2'],
      ],
      'a2',
      'MODIFIED a2',
    ],
    ['an old object as added when it is to see it again', [['handles', 'a1'], ['is to repeat']], 'a1', 'ADDED a1'],
    ['that once', [['handles', 'a1'], ['is to repeat'], ['handles', 'a1']], 'a1', undefined],
    [
      'a deletion, with the last state',
      [
        ['handles', 'a1'],
        ['loses', 'a2'],
      ],
      undefined,
      'DELETED a2',
    ],
    [
      'a deletion of what it could not deal with',
      [
        ['fails on', 'a1'],
        ['loses', 'a1'],
      ],
      undefined,
      'DELETED a1',
    ],
    [
      'a deletion before the next object of that name',
      [
        ['handles', 'a1'],
        ['loses', 'a1'],
      ],
      'b5',
      'DELETED a1',
    ],
    [
      'that object afterwards, as added',
      [
        ['handles', 'a1'],
        ['loses', 'a1'],
        ['handles', 'b5'],
      ],
      'b5',
      'ADDED b5',
    ],
    [
      'a deletion until it has dealt with it',
      [
        ['handles', 'a1'],
        ['loses', 'a1'],
        ['fails on', 'b5'],
      ],
      'b5',
      'DELETED a1',
    ],
    [
      'a deletion once',
      [
        ['handles', 'a1'],
        ['loses', 'a1'],
        ['handles', 'b5'],
      ],
      undefined,
      undefined,
    ],
    ['nothing of what came and went before it was told', [['loses', 'a1']], undefined, undefined],
    [
      'nothing of what came and went meanwhile',
      [
        ['handles', 'a1'],
        ['loses', 'a1'],
        ['loses', 'b2'],
      ],
      undefined,
      'DELETED a1',
    ],
  ])('is %s', (_what, steps, live, expected) => {
    const event = dueEvent(after(steps), live === undefined ? undefined : at(live));
    expect(event && `${event.type} ${event.object.metadata.resourceVersion}`).toBe(expected);
  });
});
