import { s } from '@canaryop/reconcile/crd';

const percent = s.int({ minimum: 1, maximum: 100, format: 'int32' });
const seconds = (minimum: number) => s.int({ minimum, maximum: 86_400, format: 'int32' });

/** What a release by replica ratio cannot do without. */
export const ratioFields = [
  'stepPercent',
  'breakpointPercent',
  'abortSeconds',
  'maxStepSeconds',
  'checkIntervalSeconds',
] as const;

/** How far and in which steps a release goes. */
export const strategySchema = s
  .object({
    stepWeight: percent.default(10).describe('Percentage points that each passed check adds.'),
    maxWeight: percent.default(50).describe('The weight whose passed check starts the promotion.'),
    iterations: s
      .int({ minimum: 1, maximum: 1000, format: 'int32' })
      .optional()
      .describe('Checks to pass without any traffic before everything changes over (blue-green), instead of weights.'),
    stepPercent: percent.optional().describe('Percentage of the pods that each step adds, rounded up.'),
    breakpointPercent: percent
      .optional()
      .describe('Percentage of the pods, rounded up, whose passed step starts the promotion.'),
    abortSeconds: seconds(1).optional().describe('Seconds in which the pods of a step must be ready.'),
    maxStepSeconds: seconds(1).optional().describe('Seconds for which the pods of a step are checked.'),
    checkIntervalSeconds: seconds(1).optional().describe('Seconds between two checks of a step.'),
    startDelaySeconds: seconds(0).optional().describe('Seconds between a step and its first check; by default 0.'),
    maxFailures: s
      .int({ minimum: 1, maximum: 1000, format: 'int32' })
      .optional()
      .describe('Failed checks of one step that end the release; by default 1.'),
  })
  .default({})
  .describe('How far and in which steps traffic moves.');
