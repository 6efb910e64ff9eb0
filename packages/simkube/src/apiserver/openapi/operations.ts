import type { JsonObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { kindExtension, schemaName } from './component-schemas.ts';

const parameter = (name: string, type: string): JsonObject => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});
const pathParameter = (name: string): JsonObject => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', uniqueItems: true },
});

const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => parameter(name, 'string'));
const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

/** kubectl reads here which patches it may send; custom resources take no strategic merge patch. */
function bodyTypes(resource: ServedResource, action: string): readonly string[] {
  if (action !== 'patch') return ['*/*'];
  return resource.custom === undefined ? [...patchTypes, 'application/strategic-merge-patch+json'] : patchTypes;
}

function operation(resource: ServedResource, action: string, parameters: readonly JsonObject[]): JsonObject {
  const schema = { $ref: `#/components/schemas/${schemaName(resource)}` };
  const body = bodyTypes(resource, action);
  return {
    ...(action === 'get' || action === 'delete'
      ? {}
      : { requestBody: { content: Object.fromEntries(body.map((type) => [type, { schema }])) } }),
    parameters,
    responses: { '200': { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindExtension(resource),
  };
}

/**
 * The operations of a resource. PATCH advertises `fieldValidation`: that is where kubectl looks to learn whether the
 * server validates, or whether it has to do so itself with OpenAPI v2.
 */
export function resourcePaths(resource: ServedResource): Readonly<Record<string, JsonObject>> {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced ? `${root}/namespaces/{namespace}` : root;
  const scopeParameters = resource.namespaced ? [pathParameter('namespace')] : [];
  const collection = {
    ...(resource.createOnly ? {} : { get: operation(resource, 'list', []) }),
    post: operation(resource, 'post', writeParameters),
    parameters: scopeParameters,
  };
  if (resource.createOnly) return { [`${scope}/${resource.plural}`]: collection };
  const item = {
    get: operation(resource, 'get', []),
    put: operation(resource, 'put', writeParameters),
    patch: operation(resource, 'patch', [...writeParameters, parameter('force', 'boolean')]),
    delete: operation(resource, 'delete', [parameter('dryRun', 'string'), parameter('propagationPolicy', 'string')]),
    parameters: [pathParameter('name'), ...scopeParameters],
  };
  return { [`${scope}/${resource.plural}`]: collection, [`${scope}/${resource.plural}/{name}`]: item };
}
