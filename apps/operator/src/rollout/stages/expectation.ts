import { Reason } from '../../api/v1/reasons.ts';
import { podCounts, podsInAll } from '../pod-steps.ts';
import type { Notice } from '../decision.ts';
import type { Pass } from '../pass.ts';

const secondMs = 1_000;
const secondsPerMinute = 60;

/** How a run that begins is going to go, for people who wait for it. */
export function expectation({ settings, observed }: Pass): readonly Notice[] {
  const notes = settings.notes.map((message): Notice => ({ type: 'Warning', reason: Reason.CanaryStarted, message }));
  if (settings.trafficBy === 'routes') return notes;
  const replicas = observed.replicas?.count ?? 1;
  const { stepWeight: stepPercent, maxWeight: breakpointPercent, intervalMs } = settings;
  const { step, breakpoint, steps } = podCounts({ stepPercent, breakpointPercent }, replicas);
  const message = `it should take about ${duration((steps * intervalMs) / secondMs)}: ${counted(steps, 'step')} of ${counted(step, 'pod')}, up to ${breakpoint} of ${podsInAll(replicas)}`;
  return [...notes, { type: 'Normal', reason: Reason.CanaryStarted, message }];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / secondsPerMinute);
  const rest = seconds - minutes * secondsPerMinute;
  return minutes === 0 ? `${rest} s` : rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
