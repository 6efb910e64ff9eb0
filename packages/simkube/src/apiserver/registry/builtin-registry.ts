import { builtinKinds, type BuiltinKind } from '../../schema/builtin-kinds.ts';
import { builtinErrors } from '../../schema/builtin-validation.ts';
import type { StructuralSchema } from '../../schema/structural-schema.ts';
import { asJson } from '../object/json.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { Storage } from '../storage/storage.ts';
import { strategyFor } from '../strategies/strategy-for.ts';
import { eventFromStored, eventToStored } from './event-conversion.ts';
import type { ServedResource } from './served-resource.ts';

const same = (object: ApiObject): ApiObject => object;

/** The built-in kinds, bound to their stores. The two Event groups share one store, as on a real server. */
export function builtinRegistry(storage: Storage): readonly ServedResource[] {
  return builtinKinds().map((kind) => servedBuiltin(kind, storage));
}

function servedBuiltin(kind: BuiltinKind, storage: Storage): ServedResource {
  const strategy = strategyFor(kind.group, kind.kind);
  const isNewEvent = kind.group === 'events.k8s.io';
  const storeGroup = isNewEvent ? '' : kind.group;
  return {
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    listKind: `${kind.kind}List`,
    plural: kind.plural,
    singular: kind.singular,
    shortNames: kind.shortNames,
    categories: kind.categories,
    namespaced: kind.namespaced,
    subresources: kind.subresources,
    createOnly: kind.createOnly,
    definition: kind.definition,
    get schema(): StructuralSchema {
      return kind.schema;
    },
    check: (object, previous) => [
      ...builtinErrors(kind, asJson(object)),
      ...(strategy.validate?.(object, previous) ?? []),
    ],
    strategy,
    store: storage.store(storeGroup === '' ? kind.plural : `${kind.plural}.${storeGroup}`),
    fromStored: isNewEvent ? eventFromStored : same,
    toStored: isNewEvent ? eventToStored : same,
  };
}
