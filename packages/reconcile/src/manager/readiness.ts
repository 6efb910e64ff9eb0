import type { Informer } from '../cache/cache.ts';
import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf } from '../object/resource-kind.ts';

type AnyInformer = Pick<Informer<KubernetesObject>, 'kind' | 'hasSynced' | 'problem'>;

/**
 * What is wrong with the caches: a kind without a first list, or one that is not being kept up to date, as when a
 * permission was taken away. Kinds that may be missing do not count.
 * @param isOptional by `plural.group`.
 */
export function cacheProblem(
  informers: readonly AnyInformer[],
  isOptional: (groupResource: string) => boolean,
): string | undefined {
  const problems = informers.flatMap(({ kind, hasSynced, problem }) => {
    const resource = groupResourceOf(kind);
    if (isOptional(resource)) return [];
    if (problem !== undefined) return [`${resource}: ${problem.message}`];
    return hasSynced ? [] : [`${resource}: no first list yet`];
  });
  return problems.length === 0 ? undefined : problems.join('; ');
}
