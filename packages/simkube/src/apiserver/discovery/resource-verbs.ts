import type { ServedResource } from '../registry/served-resource.ts';

const stored = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Verbs of a resource, as discovery lists them. */
export function resourceVerbs(resource: ServedResource): readonly string[] {
  return resource.createOnly ? ['create'] : stored;
}

/** One subresource, as discovery lists it. */
export interface DiscoveredSubresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const changing = ['get', 'patch', 'update'];

/** The subresources that are implemented; a real server has some more (exec, attach, proxy). */
export function discoveredSubresources(resource: ServedResource): readonly DiscoveredSubresource[] {
  const { group, version, kind, subresources } = resource;
  const own = { group, version, kind };
  const known: Readonly<Record<string, Omit<DiscoveredSubresource, 'name'>>> = {
    finalize: { ...own, verbs: ['update'] },
    log: { ...own, verbs: ['get'] },
    eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
    token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
    binding: { group: '', version: 'v1', kind: 'Binding', verbs: ['create'] },
  };
  return [
    ...subresources.others.flatMap((name) => {
      const found = Object.hasOwn(known, name) ? known[name] : undefined;
      return found === undefined ? [] : [{ name, ...found }];
    }),
    ...(subresources.scale === undefined
      ? []
      : [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: changing }]),
    ...(subresources.status === true ? [{ name: 'status', ...own, verbs: changing }] : []),
  ];
}
