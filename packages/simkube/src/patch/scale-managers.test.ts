import { describe, expect, it } from 'vitest';

import { encodeManagers } from './managed-fields.ts';
import { managersAfterScale, managersOfScale } from './scale-managers.ts';

const field = { path: ['spec', 'replicas'], apiVersion: 'apps/v1' };
const replicas = { 'f:spec': { 'f:replicas': {} } };
const both = { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } };
const paused = { 'f:spec': { 'f:paused': {} } };

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion?: string;
  readonly fieldsV1: object;
  readonly time?: string;
  readonly subresource?: string;
}

const noon = '2026-01-01T12:00:00Z';
const updater = (manager: string, fieldsV1: object, more: Partial<Entry> = {}): Entry => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  fieldsV1,
  ...more,
});
const applier = (manager: string, fieldsV1: object, more: Partial<Entry> = {}): Entry =>
  updater(manager, fieldsV1, { operation: 'Apply', ...more });

function stored(entries: readonly Entry[]): readonly object[] {
  return entries.map((entry) => ({ ...entry, fieldsType: 'FieldsV1' }));
}

/** Manager, subresource, fields and time of each entry. */
function shown(entries: readonly object[]): readonly unknown[] {
  return (entries as readonly Entry[]).map(({ manager, subresource = '', fieldsV1, time = 'no time' }) => [
    `${manager}${subresource === '' ? '' : `/${subresource}`}`,
    fieldsV1,
    time,
  ]);
}

describe('the owners of a Scale', () => {
  it('are those who own the replica count of its object, in the version of scales', () => {
    const entries = managersOfScale(stored([updater('a', both, { time: noon }), updater('b', paused)]), field);
    expect(entries).toMatchObject([{ manager: 'a', apiVersion: 'autoscaling/v1', fieldsV1: replicas, time: noon }]);
  });

  it('are nobody where nobody owns the count, or where the record cannot be read', () => {
    expect(managersOfScale(stored([updater('b', paused)]), field)).toEqual([]);
    expect(managersOfScale('nonsense', field)).toEqual([]);
  });
});

describe('the owners of an object after a write to its Scale', () => {
  // As kube-apiserver 1.36 answered to writes of a Deployment's scale.
  it.each([
    [
      'an updater who keeps the count gets an entry of its own for it, without a time',
      [updater('a', both, { time: noon })],
      [updater('a', replicas, { apiVersion: 'autoscaling/v1', time: noon })],
      [
        ['a', replicas, 'no time'],
        ['a', paused, noon],
      ],
    ],
    [
      'of such a pair the one with a time is left',
      [updater('a', replicas), updater('a', paused, { time: noon })],
      [],
      [['a', paused, noon]],
    ],
    [
      'who changes the count takes it, through the scale',
      [updater('a', both, { time: noon })],
      [updater('b', replicas, { apiVersion: 'autoscaling/v1', subresource: 'scale', time: noon })],
      [
        ['b/scale', replicas, 'no time'],
        ['a', paused, noon],
      ],
    ],
    [
      'a count of zero is owned by nobody',
      [updater('a', replicas, { subresource: 'scale' })],
      [updater('a', {}, { apiVersion: 'autoscaling/v1', subresource: 'scale' })],
      [],
    ],
    [
      'an applier who keeps the count keeps its entry',
      [applier('a', both, { time: noon })],
      [applier('a', replicas, { apiVersion: 'autoscaling/v1', time: noon })],
      [['a', both, noon]],
    ],
    ['an applier who gave the count up loses it', [applier('a', both, { time: noon })], [], [['a', paused, noon]]],
  ])('%s', (_, before, scale, after) => {
    expect(shown(encodeManagers(managersAfterScale(stored(before), stored(scale), field)))).toEqual(after);
  });
});
