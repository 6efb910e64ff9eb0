import { isJsonObject, ownValue } from './json.ts';

/** One comma-separated term of a field selector. */
export interface FieldRequirement {
  /** Dotted, as in `spec.nodeName`. */
  readonly path: readonly string[];
  readonly operator: 'equals' | 'differs';
  readonly value: string;
}

const term = /^([A-Za-z][\w.-]*?)(==|!=|=)(.*)$/;

/**
 * Parses the text form of a field selector (`metadata.name=web,status.phase!=Failed`), as the API server takes it in
 * `fieldSelector`. Which fields a kind can be selected by is for the server to say. Throws on text that is not one,
 * naming the term. A backslash makes a comma, an equals sign or itself part of the value.
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  if (text.trim() === '') return [];
  return text.split(/(?<!\\),/u).map((each) => {
    const [, path, operator, value] = term.exec(each.trim()) ?? [];
    if (path === undefined || value === undefined)
      throw new Error(`field selector ${JSON.stringify(text)}: cannot read the term ${JSON.stringify(each)}`);
    return {
      path: path.split('.'),
      operator: operator === '!=' ? 'differs' : 'equals',
      value: value.replaceAll(/\\([\\,=])/gu, '$1'),
    };
  });
}

/** Whether an object meets every requirement. As on the API server, a field that is absent is the empty string. */
export function matchesFields(requirements: readonly FieldRequirement[], object: object): boolean {
  return requirements.every(({ path, operator, value }) => {
    const found = path.reduce<unknown>((at, key) => (isJsonObject(at) ? ownValue(at, key) : undefined), object);
    const isEqual = textOf(found) === value;
    return operator === 'equals' ? isEqual : !isEqual;
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
