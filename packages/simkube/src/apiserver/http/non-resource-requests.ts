import { aggregatedGroups, coreVersions, groupList, oneGroup, resourceList } from '../discovery/discovery.ts';
import { pageNotFound } from '../status/refusals.ts';
import { aggregatedDiscovery } from './accept.ts';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import type { ServerContext } from './request-context.ts';
import { json, jsonText } from './respond.ts';
import { versionInfo } from './version-info.ts';

/** Discovery, OpenAPI, version and health. */
export function handleNonResource(context: ServerContext, request: ApiRequest): ApiResponse {
  const segments = request.path.split('/').filter((segment) => segment !== '');
  switch (segments[0]) {
    case 'api':
    case 'apis':
      return discovery(context, request, segments);
    case 'openapi':
      return openApi(context, segments);
    case 'version':
      return json(versionInfo(context.version));
    case 'healthz':
    case 'livez':
    case 'readyz':
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' };
    case undefined:
      return json({ paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] });
    default:
      throw pageNotFound();
  }
}

function discovery({ core }: ServerContext, request: ApiRequest, segments: readonly string[]): ApiResponse {
  const [root, first, second] = segments;
  if (first === undefined) {
    const version = aggregatedDiscovery(request.headers['accept']);
    const isCore = root === 'api';
    if (version === undefined) return json(isCore ? coreVersions() : groupList(core.registry));
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    const groups = aggregatedGroups(core.registry, isCore ? 'api' : 'apis', version);
    return jsonText(JSON.stringify(groups), 200, { 'content-type': type });
  }
  const found =
    root === 'api'
      ? resourceList(core.registry, '', first)
      : second === undefined
        ? oneGroup(core.registry, first)
        : resourceList(core.registry, first, second);
  if (found === undefined) throw pageNotFound();
  return json(found);
}

function openApi({ documents }: ServerContext, segments: readonly string[]): ApiResponse {
  const [, version, ...name] = segments;
  if (version !== 'v3') throw pageNotFound();
  if (name.length === 0) return json(documents.index());
  const text = documents.document(name.join('/'));
  if (text === undefined) throw pageNotFound();
  return jsonText(text);
}
