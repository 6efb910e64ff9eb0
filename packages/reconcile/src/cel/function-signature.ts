import {
  boolType,
  dynType,
  intType,
  listOf,
  mapOf,
  maxRequestBytes,
  simpleType,
  stringType,
  type DeclType,
} from './decl-type.ts';

/** One overload of a function: type names, `A` and `B` stand for any type. */
export interface Signature {
  /** Absent for a global function. */
  readonly target: string | undefined;
  readonly args: readonly string[];
  readonly result: string;
}

/** Overloads written `string.startsWith(string) bool`, by function; `@` names are CEL's operators. */
const table = `
_==_(A, A) bool | _!=_(A, A) bool | !_(bool) bool | _&&_(bool, bool) bool | _||_(bool, bool) bool
_<_(int, int) bool | _<_(double, double) bool | _<_(uint, uint) bool | _<_(string, string) bool | _<_(bool, bool) bool
_<_(bytes, bytes) bool | _<_(timestamp, timestamp) bool | _<_(duration, duration) bool | _<_(int, double) bool
_<_(double, int) bool | _<_(int, uint) bool | _<_(uint, int) bool
_<=_ as _<_ | _>_ as _<_ | _>=_ as _<_
_+_(int, int) int | _+_(uint, uint) uint | _+_(double, double) double | _+_(string, string) string | _+_(bytes, bytes) bytes
_+_(list(A), list(A)) list(A) | _+_(duration, duration) duration | _+_(timestamp, duration) timestamp
_+_(duration, timestamp) timestamp
_-_(int, int) int | _-_(uint, uint) uint | _-_(double, double) double | _-_(timestamp, timestamp) duration
_-_(duration, duration) duration | _-_(timestamp, duration) timestamp
_*_(int, int) int | _*_(uint, uint) uint | _*_(double, double) double
_/_(int, int) int | _/_(uint, uint) uint | _/_(double, double) double
_%_(int, int) int | _%_(uint, uint) uint | -_(int) int | -_(double) double
@in(A, list(A)) bool | @in(A, map(A, B)) bool | _[_](list(A), int) A | _[_](map(A, B), A) B
@not_strictly_false(bool) bool
size(string) int | size(bytes) int | size(list(A)) int | size(map(A, B)) int
string.size() int | bytes.size() int | list(A).size() int | map(A, B).size() int
string.startsWith(string) bool | string.endsWith(string) bool | string.contains(string) bool | string.matches(string) bool
matches(string, string) bool
int(int) int | int(uint) int | int(double) int | int(string) int | int(timestamp) int | int(duration) int
uint(uint) uint | uint(int) uint | uint(double) uint | uint(string) uint
double(double) double | double(int) double | double(uint) double | double(string) double
string(string) string | string(int) string | string(uint) string | string(double) string | string(bool) string
string(bytes) string | string(timestamp) string | string(duration) string
bool(bool) bool | bool(string) bool | bytes(bytes) bytes | bytes(string) bytes | dyn(A) dyn | type(A) type
timestamp(timestamp) timestamp | timestamp(string) timestamp | timestamp(int) timestamp
duration(duration) duration | duration(string) duration | duration(int) duration
timestamp.getFullYear() int | timestamp.getMonth() int | timestamp.getDate() int | timestamp.getDayOfMonth() int
timestamp.getDayOfWeek() int | timestamp.getDayOfYear() int | timestamp.getHours() int | timestamp.getMinutes() int
timestamp.getSeconds() int | timestamp.getMilliseconds() int
timestamp.getFullYear(string) int | timestamp.getMonth(string) int | timestamp.getDate(string) int
timestamp.getDayOfMonth(string) int | timestamp.getDayOfWeek(string) int | timestamp.getDayOfYear(string) int
timestamp.getHours(string) int | timestamp.getMinutes(string) int | timestamp.getSeconds(string) int
timestamp.getMilliseconds(string) int
duration.getHours() int | duration.getMinutes() int | duration.getSeconds() int | duration.getMilliseconds() int
string.charAt(int) string | string.indexOf(string) int | string.indexOf(string, int) int | string.lastIndexOf(string) int
string.lastIndexOf(string, int) int | string.lowerAscii() string | string.upperAscii() string
string.replace(string, string) string | string.replace(string, string, int) string | string.split(string) list(string)
string.split(string, int) list(string) | string.substring(int) string | string.substring(int, int) string
string.trim() string | list(string).join() string | list(string).join(string) string
string.format(list(dyn)) string | strings.quote(string) string
list(A).isSorted() bool | list(int).sum() int | list(double).sum() double | list(uint).sum() uint
list(duration).sum() duration | list(A).min() A | list(A).max() A | list(A).indexOf(A) int | list(A).lastIndexOf(A) int
sets.contains(list(A), list(A)) bool | sets.equivalent(list(A), list(A)) bool | sets.intersects(list(A), list(A)) bool
isIP(string) bool | isQuantity(string) bool
`;

/** Namespaces whose functions are called with a dot but take no target. */
const namespaces = new Set(['sets', 'strings']);

/** The overloads of every function that rules may use. */
export function functionSignatures(): ReadonlyMap<string, readonly Signature[]> {
  const signatures = new Map<string, Signature[]>();
  for (const row of table.trim().split(/\n| \| /u)) readRow(row.trim(), signatures);
  return signatures;
}

function readRow(row: string, into: Map<string, Signature[]>): void {
  const alias = / as /u.exec(row);
  if (alias !== null) {
    into.set(row.slice(0, alias.index), into.get(row.slice(alias.index + 4)) ?? []);
    return;
  }
  const match = /^(?:(?<target>\w+(?:\([^)]*\))?)\.)?(?<name>[^(\s]+)\((?<args>.*)\) (?<result>\S+(?:, \S+)?)$/u.exec(
    row,
  );
  if (match?.groups === undefined) throw new Error(`unreadable signature: ${row}`);
  const { target, name = '', args = '', result = '' } = match.groups;
  const isNamespace = target !== undefined && namespaces.has(target);
  const key = isNamespace ? `${target}.${name}` : name;
  const overloads = into.get(key) ?? [];
  overloads.push({ target: isNamespace ? undefined : target, args: splitArgs(args), result });
  into.set(key, overloads);
}

function splitArgs(args: string): readonly string[] {
  return args === '' ? [] : args.split(/, (?![^(]*\))/u);
}

type Bindings = Map<string, DeclType>;

/** The overload that fits, with its result type; undefined when none does. */
export function resolveOverload(
  overloads: readonly Signature[],
  target: DeclType | undefined,
  args: readonly DeclType[],
): DeclType | undefined {
  let found: DeclType | undefined;
  for (const overload of overloads) {
    if ((overload.target === undefined) !== (target === undefined) || overload.args.length !== args.length) continue;
    const bindings: Bindings = new Map();
    const fits =
      (target === undefined || matches(overload.target ?? '', target, bindings)) &&
      overload.args.every((arg, index) => matches(arg, args[index] ?? dynType, bindings));
    if (!fits) continue;
    const result = typeNamed(overload.result, bindings);
    // Dynamic arguments may fit several overloads: the result is then dynamic too, unless they agree.
    if (found !== undefined && found.kind !== result.kind) return dynType;
    found ??= result;
  }
  return found;
}

function matches(pattern: string, type: DeclType, bindings: Bindings): boolean {
  if (pattern === 'A' || pattern === 'B') return bindsTo(pattern, type, bindings);
  if (type.kind === 'dyn') return true;
  const container = /^(?<kind>list|map)\((?<parts>.*)\)$/u.exec(pattern)?.groups;
  if (container === undefined) return pattern === 'dyn' || pattern === type.kind;
  if (container['kind'] !== type.kind) return false;
  const parts = splitArgs(container['parts'] ?? '');
  const types = type.kind === 'list' ? [type.element] : [type.key, type.element];
  return types.every((part, index) => matches(parts[index] ?? 'dyn', part ?? dynType, bindings));
}

function bindsTo(variable: string, type: DeclType, bindings: Bindings): boolean {
  const bound = bindings.get(variable);
  if (bound !== undefined && bound.kind !== 'dyn') return assignable(bound, type);
  bindings.set(variable, type);
  return true;
}

/** Whether two types may meet in one place: equal, dynamic, or null for what can be null. */
export function assignable(a: DeclType, b: DeclType): boolean {
  if (a.kind === 'dyn' || b.kind === 'dyn') return true;
  if (a.kind === 'null' || b.kind === 'null') return isNullable(a) && isNullable(b);
  if (a.kind !== b.kind) return false;
  if (a.kind === 'object') return a.fields === b.fields;
  return assignableParts(a.element, b.element) && assignableParts(a.key, b.key);
}

function assignableParts(a: DeclType | undefined, b: DeclType | undefined): boolean {
  return a === undefined || b === undefined || assignable(a, b);
}

function isNullable(type: DeclType): boolean {
  return ['null', 'object', 'duration', 'timestamp'].includes(type.kind);
}

function typeNamed(name: string, bindings: Bindings): DeclType {
  const bound = bindings.get(name);
  if (bound !== undefined) return bound;
  if (name === 'bool') return boolType;
  if (name === 'int') return intType;
  if (name === 'string') return stringType;
  const list = /^list\((.*)\)$/u.exec(name);
  if (list !== null) return listOf(typeNamed(list[1] ?? 'dyn', bindings), maxRequestBytes);
  const map = /^map\((.*), (.*)\)$/u.exec(name);
  if (map !== null) return mapOf(typeNamed(map[2] ?? 'dyn', bindings), maxRequestBytes);
  return name === 'dyn' || name === 'A' || name === 'B' ? dynType : simpleType(name as DeclType['kind']);
}
