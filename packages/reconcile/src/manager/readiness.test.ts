import { describe, expect, it } from 'vitest';

import { resourceKind } from '../object/resource-kind.ts';
import { cacheProblem } from './readiness.ts';

const informer = (
  plural: string,
  hasSynced: boolean,
  problem?: string,
): Parameters<typeof cacheProblem>[0][number] => ({
  kind: resourceKind({ group: 'demo.io', version: 'v1', kind: 'K', plural }),
  hasSynced,
  problem: problem === undefined ? undefined : { reason: 'Forbidden', message: problem },
});
const none = (): boolean => false;

describe('the readiness of caches', () => {
  it.each([
    ['nothing is kept', [], undefined],
    ['all is up to date', [informer('as', true)], undefined],
    ['a kind has no list yet', [informer('as', true), informer('bs', false)], 'bs.demo.io: no first list yet'],
    [
      'a kind lost its permission after it was listed',
      [informer('as', true, '403 Forbidden')],
      'as.demo.io: 403 Forbidden',
    ],
    [
      'several are in trouble',
      [informer('as', false, '403'), informer('bs', false)],
      'as.demo.io: 403; bs.demo.io: no first list yet',
    ],
  ])('is told when %s', (_when, informers, expected) => {
    expect(cacheProblem(informers, none)).toBe(expected);
  });

  it('does not depend on kinds that may be missing', () => {
    const informers = [informer('as', false, '404'), informer('bs', true)];
    expect(cacheProblem(informers, (resource) => resource === 'as.demo.io')).toBeUndefined();
  });
});
