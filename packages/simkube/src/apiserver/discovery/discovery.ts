import type { Registry } from '../registry/registry.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { byPriority } from '../registry/version-priority.ts';
import { discoveredSubresources, resourceVerbs } from './resource-verbs.ts';

interface GroupVersions {
  readonly group: string;
  readonly versions: ReadonlyMap<string, readonly ServedResource[]>;
}

function groups(registry: Registry): readonly GroupVersions[] {
  const found = new Map<string, Map<string, ServedResource[]>>();
  for (const resource of registry.all()) {
    const versions = found.get(resource.group) ?? new Map<string, ServedResource[]>();
    found.set(resource.group, versions);
    versions.set(resource.version, [...(versions.get(resource.version) ?? []), resource]);
  }
  return [...found].map(([group, versions]) => ({
    group,
    versions: new Map([...versions].sort(([left], [right]) => byPriority(left, right))),
  }));
}

const optional = (name: string, list: readonly string[]): object => (list.length === 0 ? {} : { [name]: list });

function aggregatedResource(resource: ServedResource): unknown {
  const { group, version, kind } = resource;
  const subresources = discoveredSubresources(resource);
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resourceVerbs(resource),
    ...optional('shortNames', resource.shortNames),
    ...optional('categories', resource.categories),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((each) => ({
            subresource: each.name,
            responseKind: { group: each.group, version: each.version, kind: each.kind },
            verbs: each.verbs,
          })),
        }),
  };
}

/** Aggregated discovery (KEP-3352) of /api or of /apis. */
export function aggregatedGroups(registry: Registry, root: 'api' | 'apis', version: 'v2' | 'v2beta1'): unknown {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups(registry)
      .filter(({ group }) => (group === '') === (root === 'api'))
      .map(({ group, versions }) => ({
        metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
        versions: [...versions].map(([name, resources]) => ({
          version: name,
          resources: resources.map(aggregatedResource),
          freshness: 'Current',
        })),
      })),
  };
}

/** `/api`. */
export function coreVersions(): unknown {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'localhost' }],
  };
}

function apiGroup({ group, versions }: GroupVersions): object {
  const list = [...versions.keys()].map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: list, preferredVersion: list[0] };
}

/** `/apis`. */
export function groupList(registry: Registry): unknown {
  const named = groups(registry).filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(apiGroup) };
}

/** `/apis/GROUP`, or undefined when the group is not served. */
export function oneGroup(registry: Registry, name: string): unknown {
  const found = groups(registry).find(({ group }) => group === name && group !== '');
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(found) };
}

/** `/api/v1` or `/apis/GROUP/VERSION`, or undefined when it is not served. */
export function resourceList(registry: Registry, group: string, version: string): unknown {
  const resources = groups(registry)
    .find((each) => each.group === group)
    ?.versions.get(version);
  const [first] = resources ?? [];
  if (resources === undefined || first === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOfResource(first),
    resources: resources.flatMap(legacyResources),
  };
}

function legacyResources(resource: ServedResource): readonly object[] {
  const { plural, namespaced, group, version } = resource;
  const subresources = discoveredSubresources(resource).map((each) => ({
    name: `${plural}/${each.name}`,
    singularName: '',
    namespaced,
    ...(each.group === group && each.version === version ? {} : { group: each.group, version: each.version }),
    kind: each.kind,
    verbs: each.verbs,
  }));
  const own = {
    name: plural,
    singularName: resource.singular,
    namespaced,
    kind: resource.kind,
    verbs: resourceVerbs(resource),
    ...optional('shortNames', resource.shortNames),
    ...optional('categories', resource.categories),
  };
  return [own, ...subresources];
}
