/** Limits of one line: enough to understand, too little to fill a disk or to smuggle a line in. */
const maxTextLength = 4096;
const maxDepth = 6;
const maxEntries = 64;
const maxValues = 1000;

/** Where a value is, and how many more values the line may have. */
interface Walk {
  readonly above: readonly object[];
  readonly budget: { left: number };
}

/** Text without control characters, at most 4096 characters: one line stays one line, and a terminal stays as it is. */
export function plainText(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return clean.length > maxTextLength ? `${clean.slice(0, maxTextLength)}...` : clean;
}

/**
 * Fields as JSON that can be written: bounded in depth, width and length. Whatever cannot be JSON (BigInt, a cycle, a
 * getter that throws) becomes text that says so. Never throws.
 */
export function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return plainObject(fields, { above: [fields], budget: { left: maxValues } });
}

function plainValue(value: unknown, walk: Walk): unknown {
  walk.budget.left -= 1;
  if (walk.budget.left < 0) return '[too much]';
  switch (typeof value) {
    case 'string':
      return plainText(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
    case 'symbol':
      return plainText(String(value));
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : plainReference(value, walk);
  }
}

function plainReference(value: object, { above, budget }: Walk): unknown {
  if (above.includes(value)) return '[circular]';
  if (above.length > maxDepth) return '[too deep]';
  const path = { above: [...above, value], budget };
  if (value instanceof Error) return plainError(value, path);
  if (Array.isArray(value)) return plainArray(value, path);
  if (value instanceof Map || value instanceof Set) return plainArray([...value], path);
  return plainObject(value, path);
}

function plainArray(values: readonly unknown[], walk: Walk): unknown[] {
  const kept = values.slice(0, maxEntries).map((item) => plainValue(item, walk));
  return values.length > maxEntries ? [...kept, `[${values.length - maxEntries} more]`] : kept;
}

/** Its own fields, such as status and reason, are worth a line too; Object.keys does not list those that every error has. */
function plainError(error: Error, walk: Walk): Record<string, unknown> {
  return {
    name: plainText(error.name),
    message: plainText(error.message),
    ...plainObject(error, walk),
    ...(error.cause === undefined ? {} : { cause: plainValue(error.cause, walk) }),
    stack: plainText(framesOf(error.stack ?? '')),
  };
}

/** The frames alone, on one line: the message is a field of its own. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return frames.map((line) => line.trim()).join(' | ');
}

function plainObject(value: object, walk: Walk): Record<string, unknown> {
  const names = Object.keys(value);
  const kept = names
    .slice(0, maxEntries)
    .map((name): [string, unknown] => [plainText(name), readField(value, name, walk)]);
  if (names.length > maxEntries) kept.push(['[more]', names.length - maxEntries]);
  return Object.fromEntries(kept);
}

function readField(value: object, name: string, walk: Walk): unknown {
  try {
    return plainValue((value as Record<string, unknown>)[name], walk);
  } catch {
    return '[unreadable]';
  }
}
