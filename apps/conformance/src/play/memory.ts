import { isObject, type Json, type JsonObject } from '../sequence/operation.ts';

/** What a server has answered so far in one sequence: where places in later requests are filled in from. */
export class Memory {
  readonly #word: string;
  readonly #objects = new Map<string, JsonObject>();
  readonly #versions = new Map<string, readonly string[]>();
  #continue = '';
  #start = '';

  /** @param word that stands for `{{ns}}`. */
  constructor(word: string) {
    this.#word = word;
  }

  get word(): string {
    return this.#word;
  }

  /** The version that watches of the whole sequence start at. */
  set start(version: string) {
    this.#start = version;
  }

  /** The last answer that showed an object, by `configmaps/a`. */
  object(key: string): JsonObject | undefined {
    return this.#objects.get(key);
  }

  /** Learns from an answer to a request for `resource`. */
  learn(resource: string, body: unknown): void {
    if (!isObject(body)) return;
    const { metadata, items, kind } = body;
    if (!isObject(metadata) || kind === 'Status' || kind === 'Scale') return;
    if (Array.isArray(items)) {
      this.#continue = typeof metadata['continue'] === 'string' ? metadata['continue'] : '';
      for (const item of items as readonly Json[]) this.learn(resource, item);
      return;
    }
    const { name, resourceVersion } = metadata;
    if (typeof name !== 'string' || typeof resourceVersion !== 'string') return;
    const key = `${resource}/${name}`;
    this.#objects.set(key, body);
    const before = this.#versions.get(key) ?? [];
    if (!before.includes(resourceVersion)) this.#versions.set(key, [...before, resourceVersion]);
  }

  /** A text with its places filled in; what is not known is a value that no server has. */
  filled(text: string): string {
    return text.replaceAll(/\{\{(?<what>[a-z]+)(?: (?<key>[^}]+))?\}\}/gu, (_, what: string, key: string | undefined) =>
      this.#place(what, key ?? ''),
    );
  }

  /** The same for every string of a value, keys included. */
  filledJson(value: Json): Json {
    if (typeof value === 'string') return this.filled(value);
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.filledJson(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [this.filled(key), this.filledJson(child)]));
  }

  #place(what: string, name: string): string {
    const key = name.replaceAll('NS', this.#word);
    const versions = this.#versions.get(key) ?? [];
    const places: Readonly<Record<string, string>> = {
      ns: this.#word,
      uid: this.#uid(key),
      rv: versions.at(-1) ?? '2',
      since: versions.at(-1) ?? this.#start,
      old: versions.at(-2) ?? '2',
      start: this.#start,
      continue: this.#continue,
    };
    const place = places[what];
    if (place === undefined) throw new Error(`a sequence has a place {{${what}}} that nobody fills in`);
    return place;
  }

  #uid(key: string): string {
    const metadata = this.#objects.get(key)?.['metadata'];
    const uid = isObject(metadata) ? metadata['uid'] : undefined;
    return typeof uid === 'string' ? uid : unknownUid(key);
  }
}

/** A uid that no object has: one for each object that is not there, as no list of owners names one uid twice. */
function unknownUid(key: string): string {
  const digits = Buffer.from(key).toString('hex').slice(-12).padStart(12, '0');
  return `00000000-0000-4000-8000-${digits}`;
}
