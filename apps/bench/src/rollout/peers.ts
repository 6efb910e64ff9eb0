import type { RolloutPeer } from './peer.ts';
import { argoRollouts } from './peers/argo-rollouts.ts';
import { flagger } from './peers/flagger.ts';
import { operator } from './peers/operator.ts';

/** Ours first. */
export const peers: readonly RolloutPeer[] = [operator, flagger, argoRollouts];
