import type { Json } from '../operation.ts';
import type { Request, Scene } from './scene.ts';

const users: readonly Readonly<Record<string, string>>[] = [
  { 'impersonate-user': '{{ns}}-alice' },
  { 'impersonate-user': '{{ns}}-bob' },
  { 'impersonate-user': '{{ns}}-carol', 'impersonate-group': '{{ns}}-team' },
  { 'impersonate-user': 'system:serviceaccount:{{ns}}:default' },
];

/** The same request by someone whose rights are the sequence's. */
export function asSomebody({ c }: Scene, request: Request): Request {
  return { ...request, headers: { ...request.headers, ...c.pick(users) } };
}

/** A question about rights. */
export function review({ c }: Scene): Request {
  const group = 'authorization.k8s.io';
  const resourceAttributes: Json = {
    namespace: '{{ns}}',
    verb: c.pick(['get', 'list', 'create', 'delete', '*']),
    resource: c.pick(['configmaps', 'secrets', 'deployments']),
    ...(c.chance(0.3) ? { group: 'apps' } : {}),
    ...(c.chance(0.3) ? { name: 'a' } : {}),
    ...(c.chance(0.2) ? { subresource: 'status' } : {}),
  };
  const post = (plural: string, kind: string, spec: Json): Request => ({
    method: 'POST',
    path: `/apis/${group}/v1/${plural}`,
    body: { apiVersion: `${group}/v1`, kind, spec },
  });
  return c.weighted<() => Request>([
    [
      3,
      () =>
        post('subjectaccessreviews', 'SubjectAccessReview', {
          user: c.pick(['{{ns}}-alice', '{{ns}}-bob']),
          resourceAttributes,
        }),
    ],
    [1, () => post('subjectaccessreviews', 'SubjectAccessReview', { groups: ['{{ns}}-team'], resourceAttributes })],
    [
      0.5,
      () =>
        post('subjectaccessreviews', 'SubjectAccessReview', c.pick<Json>([{ resourceAttributes }, { user: 'x' }, {}])),
    ],
    [
      2,
      () => ({
        ...post('selfsubjectaccessreviews', 'SelfSubjectAccessReview', { resourceAttributes }),
        headers: { ...c.pick(users) },
      }),
    ],
    [
      1,
      () => ({
        ...post(`namespaces/{{ns}}/localsubjectaccessreviews`, 'LocalSubjectAccessReview', {
          user: '{{ns}}-alice',
          resourceAttributes,
        }),
      }),
    ],
    [
      1,
      () => ({
        ...post('selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace: '{{ns}}' }),
        headers: { ...c.pick(users.slice(0, 3)) },
      }),
    ],
  ])();
}
