import { isJsonObject } from '../object/api-object.ts';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly string[]; readonly value: string; readonly isNegated: boolean };

const token =
  /\.(?<field>(?:\\.|[^.[\]\\])+)|\[(?<index>-?\d+)\]|\[(?<all>\*)\]|\['(?<quoted>[^']*)'\]|\[\?\(@\.(?<path>[\w.-]+)\s*(?<operator>==|!=)\s*["']?(?<value>[^"')]*)["']?\)\]/uy;

function stepOf(groups: Readonly<Record<string, string | undefined>>): Step {
  const { field, index, all, quoted, path = '', operator, value = '' } = groups;
  if (field !== undefined)
    return field === '*' ? { kind: 'all' } : { kind: 'field', name: field.replaceAll(/\\(?<char>.)/gu, '$<char>') };
  if (quoted !== undefined) return { kind: 'field', name: quoted };
  if (index !== undefined) return { kind: 'index', at: Number(index) };
  if (all !== undefined) return { kind: 'all' };
  return { kind: 'filter', path: path.split('.'), value, isNegated: operator === '!=' };
}

/**
 * Compiles the part of JSONPath that printer columns use: `.a.b`, `['a']`, `[0]`, `[-1]`, `[*]`, `.*`,
 * `[?(@.type=="Ready")]`. Undefined when the path uses anything else.
 */
export function compileJsonPath(path: string): ((value: unknown) => readonly unknown[]) | undefined {
  const text = path.replace(/^\{(?<inner>.*)\}$/u, '$<inner>').replace(/^\$/u, '');
  const steps: Step[] = [];
  token.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match?.groups === undefined) return undefined;
    steps.push(stepOf(match.groups));
    at = token.lastIndex;
  }
  return (value) =>
    steps.reduce<readonly unknown[]>((found, step) => found.flatMap((each) => follow(each, step)), [value]);
}

function follow(value: unknown, step: Step): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index':
      return Array.isArray(value) ? value.slice(step.at, step.at === -1 ? undefined : step.at + 1) : [];
    case 'all':
      return children(value);
    case 'filter':
      return children(value).filter((item) => {
        const found = step.path.reduce<unknown>(
          (current, name) => (isJsonObject(current) && Object.hasOwn(current, name) ? current[name] : undefined),
          item,
        );
        return (String(found) === step.value) !== step.isNegated;
      });
    default:
      return step;
  }
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return isJsonObject(value) ? Object.values(value) : [];
}
