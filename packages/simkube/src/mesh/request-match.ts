import type { HttpMatchRequest, StringMatch } from '../kinds/istio-v1.ts';
import type { HttpRequest } from '../kubelet/http-exchange.ts';

/** Whether a route takes a request. */
export type RequestMatcher = (request: HttpRequest) => boolean;

type TextMatcher = (text: string) => boolean;

/** Any of the matches, or everything when there are none. Within one match, all of its parts. */
export function requestMatcher(matches: readonly HttpMatchRequest[] | undefined): RequestMatcher {
  if (matches === undefined || matches.length === 0) return () => true;
  const compiled = matches.map(matchOne);
  return (request) => compiled.some((matcher) => matcher(request));
}

/** Whether some match takes every request: istiod tries such routes last. */
export function isCatchAll(matches: readonly HttpMatchRequest[] | undefined): boolean {
  if (matches === undefined || matches.length === 0) return true;
  return matches.some(({ uri, method, authority, headers, withoutHeaders }) => {
    const isAnyPath = uri === undefined || uri.prefix === '/' || uri.regex === '.*' || uri.regex === '*';
    const hasNoHeader = Object.keys(headers ?? {}).length + Object.keys(withoutHeaders ?? {}).length === 0;
    return isAnyPath && hasNoHeader && method === undefined && authority === undefined;
  });
}

function matchOne(match: HttpMatchRequest): RequestMatcher {
  const uri = textMatcher(match.uri);
  const method = textMatcher(match.method);
  const authority = textMatcher(match.authority);
  const headers = headerMatchers(match.headers);
  const without = headerMatchers(match.withoutHeaders);
  return (request) =>
    uri(request.path.split('?', 1)[0] ?? '') &&
    method(request.method) &&
    authority(request.headers['host'] ?? '') &&
    headers.every(([name, matches]) => hasHeader(request, name, matches)) &&
    !without.some(([name, matches]) => hasHeader(request, name, matches));
}

function headerMatchers(headers: HttpMatchRequest['headers']): readonly (readonly [string, TextMatcher])[] {
  return Object.entries(headers ?? {}).map(([name, match]) => [name.toLowerCase(), textMatcher(match)] as const);
}

function hasHeader(request: HttpRequest, name: string, matches: TextMatcher): boolean {
  const value = request.headers[name];
  return value !== undefined && matches(value);
}

/** An expression that this engine can't compile matches nothing: istiod would have refused the object. */
function textMatcher(match: StringMatch | undefined): TextMatcher {
  if (match?.exact !== undefined) return (text) => text === match.exact;
  const { prefix, regex } = match ?? {};
  if (prefix !== undefined) return (text) => text.startsWith(prefix);
  if (regex === undefined) return () => true;
  const expression = compileExpression(regex);
  return expression === undefined ? () => false : (text) => expression.test(text);
}

function compileExpression(regex: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${regex})$`, 'u');
  } catch {
    return undefined;
  }
}
