import { describe, expect, it } from 'vitest';

import { swapObstacle } from './swap-obstacle.ts';

const judge = (): void => undefined;
const webhooks = { admission: [{ name: 'a', judge }], conversion: [] };
const operator = { fieldManager: 'm', kinds: [1], controllers: [{ reconcile: judge }], webhooks };

describe('what keeps new controllers out of a running process', () => {
  it.each([
    [
      'nothing, where only they are new',
      { operator: { ...operator, controllers: [{ reconcile: () => 1 }] } },
      undefined,
    ],
    ['nothing, where a kind is new', { operator: { ...operator, kinds: [1, 2] } }, undefined],
    [
      'nothing, where a list is another one of the same',
      { operator: { ...operator, webhooks: { admission: [...webhooks.admission], conversion: [] } } },
      undefined,
    ],
    ['another field manager', { operator: { ...operator, fieldManager: 'n' } }, 'operator.fieldManager'],
    [
      'a webhook whose code is another',
      { operator: { ...operator, webhooks: { ...webhooks, admission: [{ name: 'a', judge: () => undefined }] } } },
      'operator.webhooks',
    ],
    ['something that src/main.ts alone knows', { operator: { ...operator, namespaces: ['a'] } }, 'operator.namespaces'],
    ['another export', { operator, caches: [] }, 'caches'],
  ])('%s', (_what, next, name) => {
    const obstacle = swapObstacle({ operator }, next);
    if (name === undefined) expect(obstacle).toBeUndefined();
    else expect(obstacle).toBe(`${name} of src/operator.ts is another now`);
  });
});
