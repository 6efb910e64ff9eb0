import type { ScalePaths, Subresources } from '../../schema/builtin-resources.ts';
import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import { objectValidator, type ObjectValidator } from '../../schema/object-validator.ts';
import type { Json, StructuralSchema } from '../../schema/structural-schema.ts';
import {
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  valueAt,
  withFields,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import { asJson } from '../object/json.ts';
import { byPriority } from '../registry/version-priority.ts';
import {
  apiVersionOfResource,
  type CustomParts,
  type PrinterColumn,
  type ServedResource,
} from '../registry/served-resource.ts';
import type { Strategy } from '../registry/strategy.ts';
import type { Storage } from '../storage/storage.ts';
import type { ConversionWebhook } from '../webhooks/conversion/conversion-webhook.ts';
import { plainConversion, unboundConversion } from './version-conversion.ts';

const anything: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** What a CustomResourceDefinition makes the server serve: one resource for each served version, over one store. */
export function customResources(definition: ApiObject, storage: Storage): readonly ServedResource[] {
  const versions = listAt(definition, 'spec', 'versions').filter(isJsonObject);
  const plain = new Map<string, ServedResource>();
  for (const version of versions) {
    const resource = storedVersion(definition, version, { storage, inVersion: (apiVersion) => plain.get(apiVersion) });
    plain.set(apiVersionOfResource(resource), resource);
  }
  const resources = [...plain.values()];
  const stored = resources[versions.findIndex((version) => version['storage'] === true)];
  const webhook = conversionWebhook(definition, stored);
  return resources.flatMap((resource, at): ServedResource[] => {
    const { custom } = resource;
    if (versions[at]?.['served'] !== true || custom === undefined || stored === undefined) return [];
    if (webhook === undefined) return [{ ...resource, ...plainConversion(resource, stored) }];
    return [{ ...resource, custom: { ...custom, webhook }, ...unboundConversion(resource, stored) }];
  });
}

const same = (object: ApiObject): ApiObject => object;

/** One version of a kind as if all objects were stored in it. */
function storedVersion(
  definition: ApiObject,
  version: JsonObject,
  { storage, inVersion }: { readonly storage: Storage; readonly inVersion: CustomParts['inVersion'] },
): ServedResource {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const names = objectAt(definition, 'spec', 'names');
  const plural = stringAt(names, 'plural') ?? '';
  const kind = stringAt(names, 'kind') ?? '';
  const subresources = subresourcesOf(version);
  const schema = schemaOf(version);
  return {
    group,
    version: stringAt(version, 'name') ?? '',
    kind,
    listKind: stringAt(names, 'listKind') ?? `${kind}List`,
    plural,
    singular: stringAt(names, 'singular') ?? kind.toLowerCase(),
    shortNames: strings(names['shortNames']),
    categories: strings(names['categories']),
    namespaced: stringAt(definition, 'spec', 'scope') !== 'Cluster',
    subresources,
    createOnly: false,
    schema,
    check: withScaleCheck(lazyCheck(schema), subresources),
    strategy: strategyOf(version, subresources),
    store: storage.store(`${plural}.${group}`),
    custom: {
      definition: definition.metadata.name,
      columns: columnsOf(version),
      warnings: deprecationWarnings(definition, version),
      inVersion,
    },
    fromStored: same,
    toStored: same,
  };
}

function conversionWebhook(definition: ApiObject, stored: ServedResource | undefined): ConversionWebhook | undefined {
  const conversion = objectAt(definition, 'spec', 'conversion');
  if (conversion['strategy'] !== 'Webhook' || stored === undefined) return undefined;
  return {
    clientConfig: objectAt(conversion, 'webhook', 'clientConfig'),
    reviewVersions: strings(objectAt(conversion, 'webhook')['conversionReviewVersions']),
    storedAs: apiVersionOfResource(stored),
  };
}

/** In the words of the definition, or in those that every deprecated version has. */
function deprecationWarnings(definition: ApiObject, version: JsonObject): readonly string[] {
  if (version['deprecated'] !== true) return [];
  const own = stringAt(version, 'deprecationWarning');
  if (own !== undefined) return [own];
  const kind = stringAt(definition, 'spec', 'names', 'kind') ?? '';
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const name = stringAt(version, 'name') ?? '';
  const [better] = listAt(definition, 'spec', 'versions')
    .filter((each) => valueAt(each, 'served') === true && valueAt(each, 'deprecated') !== true)
    .map((each) => stringAt(each, 'name') ?? '')
    .filter((each) => byPriority(each, name) < 0)
    .sort(byPriority);
  const instead = better === undefined ? '' : `; use ${group}/${better} ${kind}`;
  return [`${group}/${name} ${kind} is deprecated${instead}`];
}

/** Where a scale reads its counts and its selector their types are fixed, whatever the schema says. */
function withScaleCheck(check: ServedResource['check'], { scale }: Subresources): ServedResource['check'] {
  if (scale === undefined) return check;
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return (object, previous) => {
    const broken = (path: string | undefined, isSound: (value: unknown) => boolean, rule: string): FieldError[] => {
      const value = path === undefined ? undefined : valueAt(object, ...path.slice(1).split('.'));
      return path === undefined || value === undefined || isSound(value)
        ? []
        : [invalidValue(path, value as Json, rule)];
    };
    const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
    return [
      ...check(object, previous),
      ...broken(specReplicasPath, isCount, 'should be a non-negative integer'),
      ...broken(statusReplicasPath, isCount, 'should be a non-negative integer'),
      ...broken(labelSelectorPath, (value) => typeof value === 'string', 'should be a string'),
    ];
  };
}

/** Rules are compiled when the first object comes: most versions of most definitions never see one. */
function lazyCheck(schema: StructuralSchema): ServedResource['check'] {
  let validator: ObjectValidator | undefined;
  return (object, previous) => {
    validator ??= objectValidator(schema);
    return validator(asJson(object), previous === undefined ? undefined : asJson(previous));
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function schemaOf(version: JsonObject): StructuralSchema {
  const schema = objectAt(version, 'schema', 'openAPIV3Schema');
  return Object.keys(schema).length === 0 ? anything : schema;
}

function subresourcesOf(version: JsonObject): Subresources {
  const declared = objectAt(version, 'subresources');
  const scale = declared['scale'];
  return {
    ...(declared['status'] === undefined ? {} : { status: true }),
    ...(isJsonObject(scale) ? { scale: scale as unknown as ScalePaths } : {}),
    others: [],
  };
}

/** Every change but those of metadata, and of status where it has an endpoint of its own, counts for the generation. */
function strategyOf(version: JsonObject, subresources: Subresources): Strategy {
  const uncounted = {
    metadata: undefined,
    apiVersion: undefined,
    ...(subresources.status === true ? { status: undefined } : {}),
  };
  return {
    generationOf: (object) => withFields<JsonObject>(object, uncounted),
    selectableFields: listAt(version, 'selectableFields').flatMap((field) => {
      const path = stringAt(field, 'jsonPath');
      return path === undefined ? [] : [path.replace(/^\./u, '')];
    }),
    requiresVersion: true,
  };
}

function columnsOf(version: JsonObject): readonly PrinterColumn[] {
  const declared = listAt(version, 'additionalPrinterColumns');
  const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
  return declared.length === 0 ? [age] : (declared as readonly PrinterColumn[]);
}
