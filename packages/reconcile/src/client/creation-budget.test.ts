import { describe, expect, it } from 'vitest';

import { ConfigMap } from '../kinds/index.ts';
import type { ObjectMeta, OwnerReference } from '../object/object.ts';
import { CreationBudget, CreationLimitError } from './creation-budget.ts';

const owner: OwnerReference = { apiVersion: 'demo.io/v1', kind: 'Site', name: 'a', uid: 'u', controller: true };

function setUp(): { create: (name: string, more?: Partial<ObjectMeta>) => void; wait: (ms: number) => void } {
  let nowMs = 0;
  const budget = new CreationBudget({ monotonic: () => nowMs });
  return {
    create: (name, more = { ownerReferences: [owner] }) => {
      budget.take(ConfigMap, { metadata: { namespace: 'default', name, ...more } });
    },
    wait: (ms) => {
      nowMs += ms;
    },
  };
}

const times = (count: number, act: () => void): void => {
  for (let done = 0; done < count; done += 1) act();
};

describe('the creation of an owned object', () => {
  it('is refused, and says why, when it has been created 20 times and was gone each time', () => {
    const { create } = setUp();
    times(20, () => create('child'));
    expect(() => create('child')).toThrow(CreationLimitError);
    expect(() => create('child')).toThrow('create configmaps default/child: it has been created 20 times');
  });

  it('is possible once a second from then on', () => {
    const { create, wait } = setUp();
    times(20, () => create('child'));
    times(60, () => {
      wait(1000);
      create('child');
      expect(() => create('child')).toThrow(CreationLimitError);
    });
    wait(20_000);
    times(20, () => create('child'));
  });

  it('takes nothing from another name', () => {
    const { create } = setUp();
    times(20, () => create('child'));
    times(20, () => create('other'));
  });

  it.each([
    ['nobody controls', { ownerReferences: [{ ...owner, controller: false }] }],
    ['nobody owns', {}],
  ])('is not limited where %s it', (_whom, more) => {
    const { create } = setUp();
    times(1000, () => create('child', more));
  });
});
