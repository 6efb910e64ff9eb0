import { isObject, textOf, type Json, type JsonObject, type Operation, type Sequence } from '../sequence/operation.ts';
import type { Answer, Trace } from '../play/trace.ts';
import { OrderOfVersions } from './order-of-versions.ts';
import { shownTable } from './shown-table.ts';

/** An answer without what may differ: two servers that agree give equal ones. */
export interface Comparable {
  readonly id: number;
  readonly status: number;
  readonly body: Json;
  readonly warnings: readonly string[];
  readonly events?: Json;
  readonly settled?: Json;
}

const time = /^(?:202[4-9]|20[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u;
const allocatedAddress = /^10\.96\.\d+\.\d+$/u;
const firstNodePort = 30_000;
/** A dry run allocates beyond the range. */
const lastNodePort = 33_999;
const suffixLength = 5;

/**
 * What two servers must agree on. Left out or made alike, each because a server chooses it:
 * uids (numbered by their first appearance), times after 2023 (pools use 2020), resourceVersions (their order is kept),
 * the end of generated names, addresses and node ports that were allocated, continue tokens, ages, messages and
 * warnings but for how many fields are unknown, the order of managedFields (it follows from times), and objects of
 * other sequences in cluster-wide lists.
 */
export function comparable(trace: Trace, sequence: Sequence): readonly Comparable[] {
  const normalizer = new Normalizer(trace.word);
  return trace.answers.map((answer) => {
    const operation = sequence.operations.find(({ id }) => id === answer.id);
    return normalizer.answer(answer, {
      isShared: operation?.path.includes('/namespaces/{{ns}}') !== true,
      hasVersion: operation === undefined || isVersioned(operation),
      isUncached: operation?.path.endsWith('/events') === true,
    });
  });
}

interface About {
  /** Whether other sequences may show in it. */
  readonly isShared: boolean;
  readonly hasVersion: boolean;
  /** Whether watches come from the store itself. */
  readonly isUncached: boolean;
}

/** A dry run's object has no version of its own, and a list at a version has any that is not older. */
function isVersioned({ query = {}, body, method }: Operation): boolean {
  const isDry =
    query['dryRun'] !== undefined || (isObject(body ?? null) && Object.hasOwn(body as JsonObject, 'dryRun'));
  return !isDry && !(method === 'GET' && query['watch'] === undefined && query['resourceVersion'] !== undefined);
}

class Normalizer {
  readonly #word: string;
  readonly #uids = new Map<string, string>();
  readonly #versions = new OrderOfVersions();
  #hasVersion = true;

  constructor(word: string) {
    this.#word = word;
  }

  answer(answer: Answer, { isShared, hasVersion, isUncached }: About): Comparable {
    this.#hasVersion = hasVersion;
    const { id, status, body, warnings, events, settled } = answer;
    const own = (value: Json): Json => (isShared ? this.#own(value) : value);
    return {
      id,
      status,
      body: this.#body(own(body)),
      warnings: warnings.flatMap((text) => text.match(/(?:unknown|duplicate) field "[^"]*/gu) ?? []).sort(),
      ...(events === undefined
        ? {}
        : {
            events: events
              .filter((event) => isTold(event, isUncached) && (!isShared || isNotAnObject(event) || this.#isOwn(event)))
              .map((event) => this.#event(isShared ? withoutColumns(event) : event)),
          }),
      ...(settled === undefined ? {} : { settled: this.#value(settled) }),
    };
  }

  #event(event: Json): Json {
    if (!isObject(event)) return event;
    // A bookmark is an otherwise empty object, or an empty table; that it came is all that counts.
    if (event['type'] === 'BOOKMARK') return { type: 'BOOKMARK' };
    return { ...event, object: this.#body(event['object'] ?? null) };
  }

  #body(body: Json): Json {
    if (!isObject(body)) return typeof body === 'string' ? body.trim() : body;
    if (body['kind'] === 'Status') return refusal(this.#value(body) as JsonObject);
    if (body['kind'] === 'Table') return this.#value(shownTable(body));
    if (body['kind'] === 'SelfSubjectRulesReview') return withSortedRules(this.#value(body) as JsonObject);
    if (textOf(body['kind']).endsWith('AccessReview')) return this.#value(withoutReason(body));
    return this.#value(body);
  }

  /** A list without what other sequences made. */
  #own(body: Json): Json {
    if (!isObject(body)) return body;
    for (const field of ['items', 'rows']) {
      const list = body[field];
      if (Array.isArray(list)) return { ...body, [field]: list.filter((item: Json) => this.#isOwn(item)) };
    }
    return body;
  }

  #isOwn(item: Json): boolean {
    return JSON.stringify(item).includes(this.#word);
  }

  #value(value: Json): Json {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return value >= firstNodePort && value <= lastNodePort ? 'node port' : value;
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.#value(item));
    if (!isObject(value)) return value;
    // In the order of fields of neither server.
    const sorted = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    const uid = isObject(value['metadata']) ? value['metadata']['uid'] : value['uid'];
    if (typeof uid === 'string') this.#numbered(uid);
    return Object.fromEntries(sorted.map(([key, child]) => [this.#text(key), this.#field(key, child)]));
  }

  #field(key: string, child: Json): Json {
    if (key === 'metadata' && isObject(child)) return this.#metadata(child);
    // Which of the two an empty list is depends on where it was read from.
    if (key === 'items' && child === null) return [];
    if (key === 'items' && Array.isArray(child)) return inOrderOfShape(child.map((item: Json) => this.#value(item)));
    return this.#value(child);
  }

  #metadata(metadata: JsonObject): Json {
    const { resourceVersion, managedFields, name, generateName, uid, ...others } = metadata;
    const isGenerated =
      typeof generateName === 'string' && typeof name === 'string' && name.startsWith(generateName.slice(0, 58));
    const next: Record<string, Json> = { ...(this.#value(others) as JsonObject) };
    if (typeof others['continue'] === 'string') next['continue'] = 'token';
    if (name !== undefined) next['name'] = this.#value(isGenerated ? `${name.slice(0, -suffixLength)}?????` : name);
    if (generateName !== undefined) next['generateName'] = this.#value(generateName);
    if (typeof resourceVersion === 'string' && this.#hasVersion)
      next['resourceVersion'] = this.#versions.describe(resourceVersion, uid);
    if (uid !== undefined) next['uid'] = this.#value(uid);
    if (Array.isArray(managedFields)) next['managedFields'] = this.#managers(managedFields);
    return next;
  }

  #managers(entries: readonly Json[]): Json {
    const shown = entries.filter(isObject).map((entry) => this.#value(without(entry, 'time')) as JsonObject);
    const key = (entry: JsonObject): string =>
      ['operation', 'manager', 'apiVersion', 'subresource'].map((field) => textOf(entry[field])).join(' ');
    return shown.sort((left, right) => (key(left) < key(right) ? -1 : 1));
  }

  #text(text: string): string {
    const known = this.#uids.get(text);
    if (known !== undefined) return known;
    if (time.test(text)) return 'time';
    if (allocatedAddress.test(text)) return 'allocated address';
    return text
      .replaceAll(this.#word, '{{ns}}')
      .replaceAll(/:3[0-3]\d{3}(?=\/)/gu, ':node port')
      .replaceAll(/(?<=-gen\d*)-[a-z\d]{5}(?=$|")/gu, '-?????')
      .replaceAll(/(?<="uid":"|\[uid=")[^"]+/gu, (uid) => this.#uids.get(uid) ?? 'uid');
  }

  #numbered(uid: string): void {
    if (!this.#uids.has(uid) && /^[\da-f]{8}-[\da-f]{4}-4/u.test(uid) && !uid.startsWith('00000000'))
      this.#uids.set(uid, `uid ${this.#uids.size + 1}`);
  }
}

/** The first event of a table has its columns; it may be about what others did. */
function withoutColumns(event: Json): Json {
  if (!isObject(event) || !isObject(event['object'])) return event;
  const { columnDefinitions: _, ...object } = event['object'];
  return { ...event, object };
}

/**
 * Bookmarks come when a server likes; the one that ends the initial events does not, but where there is no cache
 * (Events) it may come after events that are newer.
 */
function isTold(event: Json, isUncached: boolean): boolean {
  if (!isObject(event) || event['type'] !== 'BOOKMARK') return true;
  return !isUncached && JSON.stringify(event).includes('initial-events-end');
}

function isNotAnObject(event: Json): boolean {
  return isObject(event) && (event['type'] === 'ERROR' || event['type'] === 'BOOKMARK');
}

/** Items with generated names come in the order of their endings: the same on no two servers. */
function inOrderOfShape(items: readonly Json[]): Json {
  if (!JSON.stringify(items).includes('?????')) return items;
  return [...items].sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

/** Rules come in the order of a cache, which has none. */
function withSortedRules(review: JsonObject): JsonObject {
  const { evaluationError: _, ...status } = isObject(review['status']) ? review['status'] : {};
  const sorted = Object.entries(status).map(([key, value]): [string, Json] => [
    key,
    Array.isArray(value)
      ? [...(value as readonly Json[])].sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
      : value,
  ]);
  return { ...review, status: Object.fromEntries(sorted) };
}

/** A review without its text. */
function withoutReason(review: JsonObject): JsonObject {
  const status = isObject(review['status']) ? review['status'] : {};
  const { reason: _, evaluationError: __, ...answer } = status;
  return { ...review, status: answer };
}

/** A Status without its texts. */
function refusal(status: JsonObject): Json {
  const { details, code, reason, status: outcome } = status;
  const fields = isObject(details) ? details : {};
  const causes = Array.isArray(fields['causes']) ? (fields['causes'] as readonly Json[]).filter(isObject) : [];
  return {
    kind: 'Status',
    status: outcome ?? '',
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    details: Object.fromEntries(
      Object.entries(fields).filter(([key]) => ['name', 'group', 'kind', 'uid'].includes(key)),
    ),
    // One of a kind: a server may find the same thing in several places of its code.
    causes: [...new Set(causes.map((cause) => `${textOf(cause['reason'])} ${textOf(cause['field'])}`))].sort(),
  };
}

function without(object: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));
}
