import type { Permission } from './permission.ts';

/** One right in words, `verb group/resource` with the subresource behind it: `patch apps/deployments/scale`, `list /pods`. */
export type Right = string;

/** The rights that permissions grant. Names of objects are left out: a request for any of them uses the right. */
export function rightsOf(permissions: readonly Permission[]): ReadonlySet<Right> {
  return new Set(
    permissions.flatMap(({ resource, subresource, verbs }) =>
      verbs.map((verb) => rightText(verb, resource.group, resource.plural, subresource)),
    ),
  );
}

/**
 * The right that a request uses, by the API server's rules for what is a verb (Kubernetes: "Determine the Request Verb");
 * undefined for a request about no resource.
 */
export function rightOf(method: string, url: string): Right | undefined {
  const { pathname, searchParams } = new URL(url);
  const [root, ...path] = pathname.split('/').filter((segment) => segment !== '');
  const group = root === 'apis' ? path.shift() : root === 'api' ? '' : undefined;
  path.shift();
  const isInNamespace = path[0] === 'namespaces' && path.length > 2;
  const [resource, name, subresource] = isInNamespace ? path.slice(2) : path;
  if (group === undefined || resource === undefined) return undefined;
  const verb = verbOf(method, name !== undefined, searchParams);
  return verb === undefined ? undefined : rightText(verb, group, resource, subresource);
}

/** What was granted and not used, and what was used and not granted; both sorted. */
export function compareAccess(
  granted: ReadonlySet<Right>,
  used: ReadonlySet<Right>,
): { readonly unused: readonly Right[]; readonly missing: readonly Right[] } {
  const without = (all: ReadonlySet<Right>, others: ReadonlySet<Right>): readonly Right[] =>
    [...all].filter((right) => !others.has(right)).toSorted();
  return { unused: without(granted, used), missing: without(used, granted) };
}

function verbOf(method: string, isNamed: boolean, query: URLSearchParams): string | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch';
      return isNamed ? 'get' : 'list';
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    default:
      return undefined;
  }
}

function rightText(verb: string, group: string, resource: string, subresource: string | undefined): Right {
  return `${verb} ${group}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
