import type { Target } from '../targets/target.ts';
import type { Router } from '../traffic/router.ts';
import type { Settings } from './settings.ts';

/** How one application is released. A mode is nothing but such a combination, and no decision asks which it is. */
export interface Mode {
  readonly target: Target;
  readonly router: Router;
  readonly settings: Settings;
}
