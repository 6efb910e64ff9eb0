import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Whether there is a file at `path` that this process may run. */
export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
