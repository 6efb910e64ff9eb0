import { RE2JS } from 're2js';

/** The longest pattern that is compiled, in characters: memory of an automaton grows with its pattern. */
const maxPatternLength = 4096;

/**
 * A regular expression in RE2 syntax that must match the whole text, as in label matchers and `label_replace`.
 * Matching takes time linear in the text whatever the pattern is (there is no backtracking), so a pattern that a
 * user wrote cannot stall the process; lookaround and back-references are syntax errors, as in Prometheus.
 */
export interface AnchoredPattern {
  test(text: string): boolean;
  /** `template` with `$1`, `${1}` and `${name}` filled in from the match of the whole text; undefined without a match. */
  expand(text: string, template: string): string | undefined;
}

/** The compiled pattern, or what is wrong with it. */
export type PatternResult =
  | { readonly ok: true; readonly pattern: AnchoredPattern }
  | { readonly ok: false; readonly error: string };

/** Compiles a pattern of at most 4,096 characters. */
export function compileAnchoredPattern(source: string): PatternResult {
  if (source.length > maxPatternLength)
    return { ok: false, error: `error parsing regexp: longer than ${maxPatternLength} characters` };
  try {
    const compiled = RE2JS.compile(source);
    return {
      ok: true,
      pattern: {
        test: (text) => compiled.matches(text),
        expand: (text, template) => expand(compiled, text, template),
      },
    };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Go's `Regexp.Expand`: a name is as long as it can be, an unknown one is empty, `$$` is a dollar. */
const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g;

function expand(compiled: RE2JS, text: string, template: string): string | undefined {
  const matcher = compiled.matcher(text);
  if (!matcher.matches()) return undefined;
  const names = compiled.namedGroups();
  return template.replace(reference, (whole: string, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare ?? '';
    const index = /^\d+$/.test(name) ? Number(name) : names[name];
    return index === undefined || index > matcher.groupCount() ? '' : (matcher.group(index) ?? '');
  });
}
