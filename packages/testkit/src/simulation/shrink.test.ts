import { describe, expect, it } from 'vitest';

import { parseReplayLine, replayLine, type Plan } from './fault.ts';
import { shrinkPlan } from './shrink.ts';

const planOf = (text: string): Plan => parseReplayLine(`1:${text}`).plan;
const has = (plan: Plan, kind: string, from = 1, amount = 0): boolean =>
  plan.some((fault) => fault.kind === kind && fault.at >= from && (fault.amount ?? 0) >= amount);

describe('the smallest plan', () => {
  it.each<[name: string, plan: string, fails: (plan: Plan) => boolean, smallest: string]>([
    ['is empty where no fault is needed', 'lag@5/100,break@2', () => true, ''],
    ['has one fault where one will do', 'lag@5/100,break@2,cut@9', (plan) => has(plan, 'cut'), 'cut@1'],
    [
      'has two where both are needed',
      'lag@5/100,break@2,cut@9,repeat@1',
      (plan) => has(plan, 'lag') && has(plan, 'repeat'),
      'lag@1/1,repeat@1',
    ],
    ['has them as early as they fail', 'cut@9', (plan) => has(plan, 'cut', 4), 'cut@4'],
    ['has them as short as they fail', 'away@3/600', (plan) => has(plan, 'away', 1, 80), 'away@1/100'],
    ['leaves a status as it is', 'refused@2/503', (plan) => has(plan, 'refused'), 'refused@1/503'],
  ])('%s', async (_name, plan, fails, smallest) => {
    const shrunk = await shrinkPlan(planOf(plan), (smaller) => Promise.resolve(fails(smaller)));
    expect(replayLine(1, shrunk.plan)).toBe(`1:${smallest}`);
  });

  it('is the best that was found when the budget is spent', async () => {
    const shrunk = await shrinkPlan(planOf('lag@5/100,break@2'), (plan) => Promise.resolve(has(plan, 'break')), 3);
    expect(shrunk).toEqual({ plan: planOf('break@2'), runs: 3 });
  });
});
