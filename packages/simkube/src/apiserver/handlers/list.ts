import { decodeContinue, encodeContinue } from '../storage/continue-token.ts';
import { forbiddenValue, unsupportedValue, type FieldError } from '../../schema/field-error.ts';
import type { ApiCore } from '../api-core.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { badRequest, expired, invalidOptions, tooLargeVersion } from '../status/refusals.ts';
import { storageKey } from '../storage/resource-store.ts';
import { parseRevision } from '../storage/revision.ts';
import { checkSelectors, selectionPredicate, type Selection } from './selection.ts';

/** A list request. */
export interface ListQuery extends Selection {
  /** Most items of the page; 0 or absent: all. */
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
}

/** One page. */
export interface ListPage {
  /** As stored. */
  readonly items: readonly ApiObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

interface Snapshot {
  readonly revision: number;
  readonly objects: readonly ApiObject[];
  /** Key after which the page starts. */
  readonly after: string;
}

/** Lists objects. Pages of one list show the same revision; one that is too old for that is a 410. */
export function listObjects(core: ApiCore, resource: ServedResource, query: ListQuery): ListPage {
  checkSelectors(resource, query);
  checkMatch(query);
  const predicate = selectionPredicate(resource, { ...query, namespace: undefined });
  const { revision, objects, after } = snapshot(core, resource, query);
  const rest = after === '' ? objects : objects.filter((object) => storageKey(object) > after);
  const selected = predicate === undefined ? rest : rest.filter(predicate);
  const limit = query.limit ?? 0;
  const resourceVersion = String(revision);
  if (limit <= 0 || selected.length < limit) return { items: selected, resourceVersion };
  const items = selected.slice(0, limit);
  const last = items.at(-1);
  // Whether what comes after a full page is selected is not looked at before it is asked for.
  const isByName = /(?:^|,)\s*metadata\.name==?[^=!,]/u.test(query.fieldSelector ?? '');
  if (last === rest.at(-1) || isByName) return { items, resourceVersion };
  return {
    items,
    resourceVersion,
    continue: encodeContinue({ revision, after: last === undefined ? '' : storageKey(last) }),
    ...(predicate === undefined ? { remainingItemCount: selected.length - limit } : {}),
  };
}

function snapshot(core: ApiCore, resource: ServedResource, query: ListQuery): Snapshot {
  const { store } = resource;
  const { resourceVersion: asked = '', namespace } = query;
  if ((query.continue ?? '') !== '') return continued(core, resource, query);
  const current = core.storage.revision;
  const latest = { revision: current, objects: store.list(namespace), after: '' };
  if (asked === '') {
    return latest;
  }
  const revision = parseRevision(asked);
  if (revision > current) throw tooLargeVersion(asked, current);
  if (!isExact(query, revision)) return latest;
  const objects = store.listAt(revision, namespace);
  if (objects === undefined) throw expired(`The resourceVersion for the provided list is too old: ${asked}`);
  return { revision, objects, after: '' };
}

/** All that is wrong with `resourceVersionMatch` at once, as apimachinery's ValidateListOptions finds it. */
function checkMatch({
  resourceVersionMatch: match,
  resourceVersion: asked = '',
  continue: token = '',
}: ListQuery): void {
  const field = 'resourceVersionMatch';
  if (match === undefined) return;
  const errors: FieldError[] = [];
  if (asked === '') errors.push(forbiddenValue(field, `${field} is forbidden unless resourceVersion is provided`));
  if (token !== '') errors.push(forbiddenValue(field, `${field} is forbidden when continue is provided`));
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push({
      ...unsupportedValue(field, match, []),
      body: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    });
  }
  if (match === 'Exact' && asked === '0') {
    errors.push(forbiddenValue(field, `${field} "exact" is forbidden for resourceVersion "0"`));
  }
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
}

/** A limited list at a revision is exact unless it says otherwise; 0 means any. */
function isExact(query: ListQuery, revision: number): boolean {
  if (query.resourceVersionMatch !== undefined) return query.resourceVersionMatch === 'Exact';
  return (query.limit ?? 0) > 0 && revision > 0;
}

function continued(core: ApiCore, resource: ServedResource, query: ListQuery): Snapshot {
  const asked = query.resourceVersion ?? '';
  if (asked !== '' && asked !== '0') throw badRequest('specifying resource version is not allowed when using continue');
  const token = decodeContinue(query.continue ?? '');
  if (token === undefined || token.revision > core.storage.revision)
    throw badRequest('continue key is not valid: it was not made by this server');
  const objects = resource.store.listAt(token.revision, query.namespace);
  if (objects === undefined) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  return { revision: token.revision, objects, after: token.after };
}
