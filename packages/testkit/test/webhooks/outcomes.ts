import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

/** An API server that a story is told to. */
export interface StoryServer {
  readonly env: Env;
  readonly connection: ClusterConnection;
}

/** What came of each step of a story, by its name: what is the same on every server of one version. */
export type Outcomes = Readonly<Record<string, unknown>>;
