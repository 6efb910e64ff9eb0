import type { Condition } from '../object/object.ts';
import type { JsonValue, ValidationRule } from './structural-schema.ts';

/** Whether a field must be written: required, may be absent, or filled in by the API server. */
export type FieldPresence = 'required' | 'optional' | 'defaulted';

declare const types: unique symbol;

/** Where and why a CEL rule's error is reported. */
export type RuleOptions = Pick<ValidationRule, 'fieldPath' | 'reason'>;

/**
 * The schema of one value: its CRD form, and the TypeScript types of what is read and what may be written.
 * Immutable: each method returns a new schema.
 */
export interface Schema<Read, Write = Read, Presence extends FieldPresence = 'required'> {
  /** JSON Schema of the value, before it is made structural. */
  readonly node: Readonly<Record<string, unknown>>;
  readonly presence: Presence;
  /**
   * Adds a CEL rule about `self` (and `oldSelf`), which must be true. Everything below must be bounded (maxLength,
   * maxItems, maxProperties) or `defineKind` throws: the API server estimates a rule's cost from those bounds.
   */
  rule(expression: string, message: string, options?: RuleOptions): Schema<Read, Write, Presence>;
  /** May be absent, when written and when read. */
  optional(): Schema<Read, Write, 'optional'>;
  /** May be absent when written; the API server then stores `value`, so it is always there when read. */
  default(value: Write): Schema<Read, Write, 'defaulted'>;
  /** null may be written and read too, and is told from absence. */
  nullable(): Schema<Read | null, Write | null, Presence>;
  /** One sentence for `kubectl explain` and the reference page. */
  describe(description: string): Schema<Read, Write, Presence>;
  /** Never present at run time. */
  readonly [types]?: { readonly read: Read; readonly write: Write };
}

/** Any schema, as a field. */
export type AnySchema = Schema<unknown, unknown, FieldPresence>;

/** The type of a stored value: defaults are filled in. */
export type ReadType<S> = S extends Schema<infer Read, infer _Write, infer _Presence> ? Read : never;
/** The type of a value as a user may write it: fields with a default may be absent. */
export type WriteType<S> = S extends Schema<infer _Read, infer Write, infer _Presence> ? Write : never;

type Fields = Readonly<Record<string, AnySchema>>;
type KeysWith<F extends Fields, P extends FieldPresence> = {
  [K in keyof F]: F[K]['presence'] extends P ? K : never;
}[keyof F];
type Flat<T> = { readonly [K in keyof T]: T[K] };
/** What is read of an object with these fields. */
export type ReadFields<F extends Fields> = Flat<
  { [K in KeysWith<F, 'required' | 'defaulted'>]: ReadType<F[K]> } & { [K in KeysWith<F, 'optional'>]?: ReadType<F[K]> }
>;
/** What may be written of an object with these fields. */
export type WriteFields<F extends Fields> = Flat<
  { [K in KeysWith<F, 'required'>]: WriteType<F[K]> } & {
    [K in KeysWith<F, 'optional' | 'defaulted'>]?: WriteType<F[K]>;
  }
>;

interface Described {
  readonly description?: string;
}

/** Formats that the API server checks. */
export type StringFormat =
  | 'byte'
  | 'cidr'
  | 'date'
  | 'date-time'
  | 'duration'
  | 'email'
  | 'hostname'
  | 'ipv4'
  | 'ipv6'
  | 'uri'
  | 'uuid';

/** Bounds of a string, counted in characters. */
export interface StringOptions extends Described {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** RE2, not anchored unless it says so. */
  readonly pattern?: string;
  readonly format?: StringFormat;
}

/** Bounds of a number, both inclusive. */
export interface NumberOptions extends Described {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
}

/** Bounds of an array, and how server-side apply merges it. */
export interface ArrayOptions extends Described {
  readonly minItems?: number;
  readonly maxItems?: number;
  /** @default 'atomic' (the API server's default) */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** The fields that identify an item; only with listType map. */
  readonly listMapKeys?: readonly string[];
}

/** Bounds of an object with free keys. */
export interface RecordOptions extends Described {
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

function schemaOf<Read, Write = Read, Presence extends FieldPresence = 'required'>(
  node: object,
  presence: Presence,
): Schema<Read, Write, Presence> {
  const own = node as Readonly<Record<string, unknown>>;
  const rules = (own['x-kubernetes-validations'] ?? []) as readonly ValidationRule[];
  return {
    node: own,
    presence,
    rule: (rule, message, options = {}) =>
      schemaOf({ ...own, 'x-kubernetes-validations': [...rules, { rule, message, ...options }] }, presence),
    optional: () => schemaOf(own, 'optional'),
    default: (value) => schemaOf({ ...own, default: value }, 'defaulted'),
    nullable: () => schemaOf({ ...own, nullable: true }, presence),
    describe: (description) => schemaOf({ ...own, description }, presence),
  };
}

const required = <Read, Write = Read>(node: object): Schema<Read, Write> => schemaOf<Read, Write>(node, 'required');

function listKeywords({ listType, listMapKeys, ...rest }: ArrayOptions): Record<string, unknown> {
  return {
    ...rest,
    ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
    ...(listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': listMapKeys }),
  };
}

function object<F extends Fields>(fields: F, options: Described = {}): Schema<ReadFields<F>, WriteFields<F>> {
  const entries = Object.entries(fields);
  const names = entries.filter(([, { presence }]) => presence === 'required').map(([name]) => name);
  const properties = Object.fromEntries(entries.map(([name, { node }]) => [name, node]));
  return required({ type: 'object', ...(names.length === 0 ? {} : { required: names }), properties, ...options });
}

function array<S extends AnySchema>(
  items: S,
  options: ArrayOptions = {},
): Schema<readonly ReadType<S>[], readonly WriteType<S>[]> {
  return required({ type: 'array', items: items.node, ...listKeywords(options) });
}

/** `metav1.Condition`, with the bounds that Kubernetes gives it. */
const condition = object({
  type: required<string>({
    type: 'string',
    maxLength: 316,
    pattern: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
  }),
  status: required<Condition['status']>({ enum: ['True', 'False', 'Unknown'] }),
  observedGeneration: required<number>({ type: 'integer', minimum: 0, format: 'int64' }).optional(),
  lastTransitionTime: required<string>({ type: 'string', format: 'date-time' }),
  reason: required<string>({
    type: 'string',
    minLength: 1,
    maxLength: 1024,
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
  }),
  message: required<string>({ type: 'string', maxLength: 32768 }),
});

/**
 * Builds schemas of custom resources. Only what a structural schema can say is here; there are no unions of shapes,
 * tuples, references or intersections, because the API server has none.
 */
export const s = {
  /** An object with these fields; others are pruned by the API server. */
  object,
  array,
  /** A string. Give it a maxLength if a CEL rule is anywhere above it. */
  string: (options: StringOptions = {}): Schema<string> => required({ type: 'string', ...options }),
  /** A whole number. Above 2^53 JavaScript rounds: set a maximum where that could be met. */
  int: (options: NumberOptions & { readonly format?: 'int32' | 'int64' } = {}): Schema<number> =>
    required({ type: 'integer', ...options }),
  number: (options: NumberOptions = {}): Schema<number> => required({ type: 'number', ...options }),
  boolean: (options: Described = {}): Schema<boolean> => required({ type: 'boolean', ...options }),
  /** One of these literals. */
  enum: <const V extends readonly (string | number)[]>(values: V, options: Described = {}): Schema<V[number]> =>
    required({ enum: [...values], ...options }),
  /** An object with free keys and values of one schema. */
  record: <S extends AnySchema>(
    values: S,
    options: RecordOptions = {},
  ): Schema<Readonly<Record<string, ReadType<S>>>, Readonly<Record<string, WriteType<S>>>> =>
    required({ type: 'object', additionalProperties: values.node, ...options }),
  /** An integer or a string, such as a port or `25%`. */
  intOrString: (
    options: { readonly maxLength?: number; readonly pattern?: string } & Described = {},
  ): Schema<number | string> =>
    required({ anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true, ...options }),
  /** `status.conditions`: a list of `metav1.Condition` merged by type, at most `maxItems` (default 16). */
  conditions: (options: { readonly maxItems?: number } = {}): Schema<readonly Condition[]> =>
    array(condition, { maxItems: options.maxItems ?? 16, listType: 'map', listMapKeys: ['type'] }) as Schema<
      readonly Condition[]
    >,
  /** An object that is kept as it was written, unchecked. `T` is what the author believes it to be. */
  preserveUnknown: <T extends object = Readonly<Record<string, JsonValue>>>(options: Described = {}): Schema<T> =>
    required({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...options }),
} as const;
