import type { VersionView } from '../../patch/version-view.ts';
import { prune } from '../../schema/prune.ts';
import type { ApiCore } from '../api-core.ts';
import { withFields } from '../object/api-object.ts';
import { asApiObject, asJson } from '../object/json.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** How the objects of a custom kind look in its other versions. What a version does not declare has no form in it. */
export function versionView(core: ApiCore, resource: ServedResource): VersionView | undefined {
  const { custom, convertTo } = resource;
  if (custom === undefined) return undefined;
  return (apiVersion, object) => {
    const other = custom.inVersion(apiVersion);
    if (other === undefined) return 'gone';
    const shown =
      convertTo === undefined
        ? withFields(asApiObject(object), { apiVersion })
        : convertTo(asApiObject(object), apiVersion);
    if (shown === undefined) return 'inconvertible';
    const schema = core.typedSchemas.of(other);
    const { unknown } = prune(schema, asJson(shown), { metadata: core.metadataSchema });
    return unknown.length > 0 ? 'inconvertible' : { schema, object: asJson(shown) };
  };
}
