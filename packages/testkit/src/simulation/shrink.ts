import type { Fault, Plan } from './fault.ts';

/** Smaller amounts that are worth a try, smallest first. */
const amounts = [1, 5, 20, 100, 200, 1000, 3000, 5000, 12_000, 20_000];
/** Statuses are no amounts. */
const isQuantity = ({ kind }: Fault): boolean => kind !== 'refused';
const mostEarlier = 12;

/**
 * The smallest plan that still fails: no fault of it can be left out, happen earlier, or be shorter.
 * @param fails runs a plan; it is asked at most `budget` times.
 */
export async function shrinkPlan(
  plan: Plan,
  fails: (plan: Plan) => Promise<boolean>,
  budget = 200,
): Promise<{ readonly plan: Plan; readonly runs: number }> {
  let runs = 0;
  const stillFails = async (smaller: Plan): Promise<boolean> => {
    if (runs >= budget) return false;
    runs += 1;
    return fails(smaller);
  };
  const fewest = await fewestFaults(plan, stillFails);
  const smallest = await smallestFaults(fewest, stillFails);
  return { plan: smallest, runs };
}

/** First nothing at all, then each fault alone, then whatever can be left out. */
async function fewestFaults(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  if (plan.length === 0 || (await fails([]))) return [];
  if (plan.length > 1) for (const fault of plan) if (await fails([fault])) return [fault];
  let smallest = plan;
  for (let index = 0; index < smallest.length && smallest.length > 1;) {
    const without = smallest.toSpliced(index, 1);
    if (await fails(without)) smallest = without;
    else index += 1;
  }
  return smallest;
}

async function smallestFaults(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let smallest = plan;
  for (const index of plan.keys()) {
    smallest = await firstThatFails(smallest, index, earlier, fails);
    smallest = await firstThatFails(smallest, index, shorter, fails);
  }
  return smallest;
}

async function firstThatFails(
  plan: Plan,
  index: number,
  candidatesOf: (fault: Fault) => readonly Fault[],
  fails: (plan: Plan) => Promise<boolean>,
): Promise<Plan> {
  const fault = plan[index];
  for (const candidate of fault === undefined ? [] : candidatesOf(fault)) {
    const changed = plan.with(index, candidate);
    if (await fails(changed)) return changed;
  }
  return plan;
}

/** The same fault at the first requests or events, in order. */
function earlier(fault: Fault): readonly Fault[] {
  return Array.from({ length: Math.min(fault.at - 1, mostEarlier) }, (_, index) => ({ ...fault, at: index + 1 }));
}

function shorter(fault: Fault): readonly Fault[] {
  const { amount = 0 } = fault;
  if (!isQuantity(fault)) return [];
  return amounts.filter((smaller) => smaller < amount).map((smaller) => ({ ...fault, amount: smaller }));
}
