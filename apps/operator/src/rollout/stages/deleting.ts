import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import type { Decision } from '../decision.ts';

/** Nothing is written for an object on its way out: garbage collection removes what it owns, and no weight may rise. */
export function deleting(app: CanaryApp): Decision {
  return { notices: [], why: `${app.metadata.name} is being deleted` };
}

/** Before anything of the user's is touched, it is made sure that it can be given back. */
export function held(app: CanaryApp): Decision {
  return {
    finalizer: 'add',
    notices: [],
    why: `${app.metadata.name} gets a finalizer, so that traffic can be given back`,
  };
}

/** Nothing is left to give back, and garbage collection may remove what is ours. */
export function released(app: CanaryApp): Decision {
  return { finalizer: 'remove', notices: [], why: `${app.metadata.name} has given back what it can` };
}
