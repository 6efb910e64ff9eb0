import { badRequest } from '../status/refusals.ts';
import { valueAt, type ApiObject } from '../object/api-object.ts';

/** Whether an object is selected by its fields. */
export type FieldPredicate = (object: ApiObject) => boolean;

const term = /^(?<path>[^=!]+)(?<operator>==|=|!=)(?<value>.*)$/u;
const alwaysSelectable = ['metadata.name', 'metadata.namespace'];

/**
 * Compiles the text form of a field selector.
 * @param selectable fields of the kind beside name and namespace, as dotted paths; any other is a 400, as on a real server.
 * @param always fields of every object.
 */
export function parseFieldSelector(
  selector: string,
  selectable: readonly string[],
  always: readonly string[] = alwaysSelectable,
): FieldPredicate {
  const allowed = new Set([...always, ...selectable]);
  const predicates = selector
    .split(',')
    .filter((text) => text !== '')
    .map((text) => {
      const { path, operator, value } = term.exec(text.trim())?.groups ?? {};
      if (path === undefined) throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
      if (!allowed.has(path)) throw unsupported(path, selectable);
      const steps = path.split('.');
      return (object: ApiObject): boolean => (fieldText(object, steps) === value) === (operator !== '!=');
    });
  return (object) => predicates.every((predicate) => predicate(object));
}

/** Refuses what is no selector at all with a 400. */
export function checkFieldSelector(selector: string): void {
  for (const text of selector.split(',')) {
    if (text !== '' && !term.test(text.trim()))
      throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
  }
}

function unsupported(path: string, selectable: readonly string[]): Error {
  return badRequest(
    selectable.length === 0
      ? `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${path}`,
  );
}

function fieldText(object: ApiObject, steps: readonly string[]): string {
  const value = valueAt(object, ...steps);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
