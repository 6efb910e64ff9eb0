import type { RunStatus } from '../../api/v1/canaryapp.ts';

/** One text for the whole clearing away, so that its turns cost no writes of the status. */
export function clearingMessage(run: RunStatus, releasedImage: string): string {
  return `${releasedImage} has all traffic; the secondary of ${run.image} is cleared away`;
}
