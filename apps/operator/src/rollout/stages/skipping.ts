import { Reason } from '../../api/v1/reasons.ts';
import { askedBy, requested } from '../command.ts';
import type { Pass } from '../pass.ts';

/** The pass in which the asked for step counts as passed. */
export function skipped(pass: Pass): Pass {
  const id = requested(pass, 'skip') ?? '';
  const message = `a step without its check, request ${id}${askedBy(pass.app)}`;
  return {
    ...pass,
    status: { ...pass.status, lastCommand: id },
    told: [...pass.told, { type: 'Normal', reason: Reason.StepSkipped, message }],
  };
}
