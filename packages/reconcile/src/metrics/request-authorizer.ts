import { createHash } from 'node:crypto';

import type { Client } from '../client/client.ts';
import type { Env } from '../env/env.ts';
import type { KubernetesObject, ObjectMeta } from '../object/object.ts';
import { apiVersionOf, resourceKind, type ResourceKind } from '../object/resource-kind.ts';

interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface TokenReview extends KubernetesObject {
  readonly spec: { readonly token: string };
  readonly status?: { readonly authenticated?: boolean; readonly user?: UserInfo };
}

interface SubjectAccessReview extends KubernetesObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

const tokenReviews = resourceKind<TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
});
const subjectAccessReviews = resourceKind<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
});

/** Who may ask: nobody knows the token (401), the user may not use the path (403), or all is well (200). */
export type AccessVerdict = 200 | 401 | 403;

const allowedForMs = 60_000;
const deniedForMs = 30_000;
const maxRemembered = 256;

/** What somebody wants to do, with which `Authorization` header. */
export interface AccessRequest {
  readonly authorization: string | undefined;
  /** RBAC's verb of a non-resource path: the HTTP method in small letters. */
  readonly verb: 'get' | 'post';
  readonly path: string;
}

/** Judges a request; rejects when nobody can be asked. */
export type Authorize = (request: AccessRequest) => Promise<AccessVerdict>;

/**
 * Judges requests as kube-rbac-proxy does: the bearer token is reviewed (TokenReview), and its user must be allowed the
 * verb on the non-resource path (SubjectAccessReview). Verdicts are remembered for a minute, refusals for half of one.
 * Rejects when the API server does not answer. Tokens are neither kept nor logged.
 */
export function requestAuthorizer(options: {
  readonly env: Pick<Env, 'clock'>;
  /** Not fenced: a standby is asked too. */
  readonly client: Pick<Client, 'create'>;
}): Authorize {
  const { env, client } = options;
  const verdicts = new Map<string, { readonly verdict: AccessVerdict; readonly untilMs: number }>();
  return async ({ authorization, verb, path }) => {
    const token = /^Bearer +(\S+)$/iu.exec(authorization ?? '')?.[1];
    if (token === undefined) return 401;
    const id = createHash('sha256').update(`${verb} ${path}\n${token}`).digest('base64');
    const known = verdicts.get(id);
    const nowMs = env.clock.monotonic();
    if (known !== undefined && nowMs < known.untilMs) return known.verdict;
    const verdict = await judge(client, token, { verb, path });
    verdicts.delete(id);
    verdicts.set(id, { verdict, untilMs: nowMs + (verdict === 200 ? allowedForMs : deniedForMs) });
    const [oldest] = verdicts.keys();
    if (verdicts.size > maxRemembered && oldest !== undefined) verdicts.delete(oldest);
    return verdict;
  };
}

async function judge(
  client: Pick<Client, 'create'>,
  token: string,
  asked: Pick<AccessRequest, 'verb' | 'path'>,
): Promise<AccessVerdict> {
  const { status } = await client.create(tokenReviews, review(tokenReviews, { token }));
  if (status?.authenticated !== true) return 401;
  const { username, uid, groups, extra } = status.user ?? {};
  const access = await client.create(
    subjectAccessReviews,
    review(subjectAccessReviews, {
      user: username,
      uid,
      groups,
      extra,
      nonResourceAttributes: asked,
    }),
  );
  return access.status?.allowed === true ? 200 : 403;
}

/** Reviews are questions, not objects: they have no name, and a SubjectAccessReview with any metadata is refused. */
function review<T extends KubernetesObject, Spec extends object>(
  kind: ResourceKind<T>,
  spec: Spec,
): KubernetesObject & { readonly spec: Spec } {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: {} as ObjectMeta, spec };
}
