import { isLabelSelector } from '../selector/label-selector.ts';
import type { ApiRequest } from './api-request.ts';

/** What a request is about, in the terms of authorization (k8s.io/apiserver endpoints/request RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  /** For resources: get, list, watch, create, update, patch, delete, deletecollection; otherwise the method in lower case. */
  readonly verb: string;
  readonly path: string;
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  /** Empty for none. */
  readonly subresource: string;
  /** Undefined for cluster scope and for all namespaces. */
  readonly namespace: string | undefined;
  /** Empty for a collection. */
  readonly name: string;
  /** The one name that a list or watch selects, which it is authorized for; else as `name`. */
  readonly selectedName: string;
}

const namespaceSubresources = new Set(['status', 'finalize']);

/** Reads method, path and query. Paths below /api and /apis that name a resource are resource requests. */
export function requestInfo(request: ApiRequest): RequestInfo {
  // As Go's URL.Path: an encoded slash is a slash.
  const segments = decoded(request.path)
    .split('/')
    .filter((segment) => segment !== '');
  const isCore = segments[0] === 'api' && segments.length > 2;
  const isNamed = segments[0] === 'apis' && segments.length > 3;
  if (!isCore && !isNamed) return nonResource(request);
  const [group = '', version = ''] = isCore ? ['', segments[1]] : [segments[1], segments[2]];
  const { namespace, rest } = scope(segments.slice(isCore ? 2 : 3));
  const [resource = '', name = '', ...subresource] = rest;
  return {
    isResource: true,
    verb: resourceVerb(request, name),
    path: request.path,
    group,
    version,
    resource,
    subresource: subresource.join('/'),
    namespace: resource === 'namespaces' ? undefined : namespace,
    name,
    selectedName: selectedName(request, name),
  };
}

function selectedName({ method, query }: ApiRequest, name: string): string {
  if (name !== '' || method !== 'GET') return name;
  if (!isLabelSelector(query.get('labelSelector') ?? '')) return '';
  const names = (query.get('fieldSelector') ?? '')
    .split(',')
    .flatMap((term) => /^metadata\.name==?(?<name>[^=!]+)$/u.exec(term.trim())?.groups?.['name'] ?? []);
  return names[0] ?? '';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function scope(segments: readonly string[]): { namespace: string | undefined; rest: readonly string[] } {
  const [first, namespace, third = ''] = segments;
  const isBelowNamespace = first === 'namespaces' && segments.length > 2 && !namespaceSubresources.has(third);
  return isBelowNamespace ? { namespace, rest: segments.slice(2) } : { namespace: undefined, rest: segments };
}

function resourceVerb(request: ApiRequest, name: string): string {
  switch (request.method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    default:
      if (isWatch(request.query)) return 'watch';
      return name === '' ? 'list' : 'get';
  }
}

function isWatch(query: URLSearchParams): boolean {
  const watch = query.get('watch');
  return watch === 'true' || watch === '1';
}

function nonResource(request: ApiRequest): RequestInfo {
  return {
    isResource: false,
    verb: request.method.toLowerCase(),
    path: request.path,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: undefined,
    name: '',
    selectedName: '',
  };
}
