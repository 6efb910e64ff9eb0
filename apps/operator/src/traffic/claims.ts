import { keyOf, keyText } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryAppSpec } from '../api/v1/canaryapp.ts';

/** The ingress and port that an own Gateway listens on, as part of a claim. */
const ownGateway = 'istio=ingressgateway:80';

/** What an application asks for at the ingress: one claim for each pair of gateway and host. */
export function claimsAt(app: CanaryApp, { hosts, gateways }: CanaryAppSpec['service']): readonly string[] {
  const at = gateways?.map((name) => (name.includes('/') ? name : `${app.metadata.namespace ?? ''}/${name}`)) ?? [
    ownGateway,
  ];
  return at.flatMap((gateway) => hosts.map((host) => `${gateway} ${host}`));
}

/** A claim that another application holds. */
export interface LostClaim {
  readonly host: string;
  /** `namespace/name` of who holds it. */
  readonly holder: string;
}

/**
 * The first claim of `app` that one of `rivals` holds: the oldest creation wins, then the smaller namespace/name.
 * @param rivals applications with a claim in common, `app` itself among them or not
 */
export function lostClaim(
  app: CanaryApp,
  rivals: readonly CanaryApp[],
  claimsOf: (app: CanaryApp) => readonly string[],
): LostClaim | undefined {
  const wanted = new Set(claimsOf(app));
  for (const rival of rivals) {
    if (rival.metadata.uid === app.metadata.uid || !isBefore(rival, app)) continue;
    const claim = claimsOf(rival).find((candidate) => wanted.has(candidate));
    if (claim !== undefined) return { host: claim.slice(claim.lastIndexOf(' ') + 1), holder: keyText(keyOf(rival)) };
  }
  return undefined;
}

function isBefore(a: CanaryApp, b: CanaryApp): boolean {
  const [bornA, bornB] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return bornA === bornB ? keyText(keyOf(a)) < keyText(keyOf(b)) : bornA < bornB;
}
