import { children, type ChildContext, type LiveChildren } from './children.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { diff } from './diff.ts';
import type { Observed } from './observed.ts';
import type { Write } from './write.ts';
import { ownedSpec } from '../api/v1/canaryapp.ts';

/** A decision together with the writes that carry it out, in order; the status is written before all of them. */
export interface Plan extends Decision {
  readonly writes: readonly Write[];
}

/** What one pass does: decided from `observed`, and compared with what is there. At rest there are no writes. */
export function plan(
  observed: Observed & { readonly live: LiveChildren; readonly hosts?: readonly string[] },
  now: number,
): Plan {
  const decision = decide(observed, now);
  const { app, live, hosts } = observed;
  const spec = ownedSpec(app);
  const { uid } = app.metadata;
  if (decision.intent === undefined || spec === undefined || uid === undefined) return { ...decision, writes: [] };
  const context: ChildContext = { app, spec, ...(hosts === undefined ? {} : { hosts }) };
  const writes = children(context, live, decision.intent).flatMap((child) => diff(child, uid));
  return { ...decision, writes };
}
