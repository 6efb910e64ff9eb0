import { describe, expect, it } from 'vitest';

import { deepFreeze } from '../../object/json.ts';
import { planApply } from './plan-apply.ts';

const live = deepFreeze({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'a',
    uid: 'u',
    managedFields: [
      {
        manager: 'us',
        operation: 'Apply' as const,
        apiVersion: 'v1',
        fieldsType: 'FieldsV1' as const,
        fieldsV1: { 'f:data': { 'f:key': {} } },
      },
    ],
  },
  data: { key: 'value' },
});

function desired(data: object): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data };
}

describe('planning an apply to an object that does not change', () => {
  it('answers each question by itself, in whichever order they come', () => {
    const same = desired({ key: 'value' });
    const other = desired({ key: 'other' });
    const less = desired({});
    const questions = [same, other, same, less, less, same, other];
    const answers = questions.map((question) => planApply(live, question, 'us', undefined).send);
    expect(answers).toEqual([false, true, false, true, true, false, true]);
  });

  it('tells managers apart: what another one owns is not ours to drop', () => {
    const less = desired({});
    expect(planApply(live, less, 'us', undefined).send).toBe(true);
    expect(planApply(live, less, 'them', undefined).send).toBe(false);
    expect(planApply(live, less, 'us', undefined).send).toBe(true);
  });

  it('looks anew at an object that may have changed, because it is not frozen', () => {
    const thawed = structuredClone(live);
    expect(planApply(thawed, desired({ key: 'value' }), 'us', undefined).send).toBe(false);
    Object.assign(thawed.data, { key: 'edited' });
    expect(planApply(thawed, desired({ key: 'value' }), 'us', undefined).send).toBe(true);
  });
});
