const reserved = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/**
 * The name under which a rule reaches a property: Kubernetes escapes what is no CEL identifier (`a-b` is
 * `a__dash__b`) and CEL's keywords (`namespace` is `__namespace__`). Undefined when a rule can't reach it.
 */
export function escapedPropertyName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/u.test(name)) return undefined;
  return name.replaceAll(/__|\.|-|\//gu, (part) => escapes[part] ?? part);
}
