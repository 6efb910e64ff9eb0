import { parse, type CelInput, type CelValue, type ParsedExpression } from './cel-library.ts';
import type { CelSchema } from './cel-schema.ts';
import { CheckError, type Scope } from './check-expression.ts';
import { declTypeOf, dynType, maxRequestBytes, typeText, type DeclType } from './decl-type.ts';
import { ruleEnvironment, type RuleEnvironment } from './rule-environment.ts';

/** How a rule is compiled. */
export interface CompileRuleOptions {
  /** Schema of the node that the rule stands on; without one everything is dynamic and nothing is type-checked. */
  readonly schema?: CelSchema;
  /** The node is the root of a resource, where `apiVersion`, `kind` and `metadata.name` can be read. @default false */
  readonly isResource?: boolean;
  /** Whether `oldSelf` may be used: not below lists that can't be correlated. @default true */
  readonly hasOldSelf?: boolean;
  /** What the expression must give. @default bool */
  readonly result?: 'bool' | 'string';
  /** @default a new one */
  readonly environment?: RuleEnvironment;
}

/** An expression ready to be evaluated. */
export interface CompiledRule {
  readonly expression: string;
  /** Whether it mentions `oldSelf`: then it only applies to updates. */
  readonly usesOldSelf: boolean;
  /** The most that one evaluation costs, in CEL's units; estimated from the bounds that the schema sets. */
  readonly maxCost: number;
  /** How often the rule can run at most in one request, where an unbounded list or map surrounds it. */
  readonly maxCardinality: number;
  readonly schema: CelSchema | undefined;
  readonly isResource: boolean;
  readonly environment: RuleEnvironment;
  readonly evaluate: (variables: Readonly<Record<string, CelInput>>) => CelValue | Error;
}

/** What compiling came to; the error is worded as kube-apiserver words it. */
export type RuleCompilation =
  | { readonly ok: true; readonly rule: CompiledRule }
  | { readonly ok: false; readonly error: string };

/**
 * Compiles a validation rule: parses it, checks it against the schema (an unknown field, a wrong type, or a function
 * that can't be evaluated here is an error that names it) and estimates its cost.
 */
export function compileRule(expression: string, options: CompileRuleOptions = {}): RuleCompilation {
  const { schema, isResource = false } = options;
  const self = schema === undefined ? dynType : declTypeOf(schema, isResource);
  if (self === undefined) return { ok: false, error: 'failed to convert to declType for CEL validation rules' };
  const parsed = parsedExpression(expression);
  if ('error' in parsed) return { ok: false, error: parsed.error };
  const scope: Scope = new Map(
    options.hasOldSelf === false
      ? [['self', self]]
      : [
          ['self', self],
          ['oldSelf', self],
        ],
  );
  return checkedRule({ expression, parsed, self, scope }, options);
}

interface Source {
  readonly expression: string;
  readonly parsed: ParsedExpression;
  readonly self: DeclType;
  readonly scope: Scope;
}

function checkedRule({ expression, parsed, self, scope }: Source, options: CompileRuleOptions): RuleCompilation {
  const { schema, isResource = false, environment = ruleEnvironment(), result = 'bool' } = options;
  try {
    const { type, cost } = environment.check(parsed.expr, scope);
    if (type.kind !== result && type.kind !== 'dyn') return { ok: false, error: wrongResult(result, type) };
    const rule: CompiledRule = {
      expression,
      usesOldSelf: mentionsOldSelf(environment, parsed, self),
      maxCost: cost,
      maxCardinality: Math.floor(maxRequestBytes / (self.minSize + 1)),
      schema,
      isResource,
      environment,
      evaluate: environment.plan(parsed),
    };
    return { ok: true, rule };
  } catch (error) {
    if (error instanceof CheckError) return { ok: false, error: checkErrorText(expression, parsed, error) };
    throw error;
  }
}

function wrongResult(result: 'bool' | 'string', type: DeclType): string {
  return result === 'bool'
    ? `cel expression must evaluate to a bool, not ${typeText(type)}`
    : `messageExpression must evaluate to a string, not ${typeText(type)}`;
}

/** Parses an expression; a syntax error in cel-go's words. */
export function parsedExpression(expression: string): ParsedExpression | { readonly error: string } {
  try {
    return parse(expression);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const placed = message.replace(
      /^(?<at><input>:\d+:\d+: )?/u,
      (at) => `${at === '' ? '<input>: ' : at}Syntax error: `,
    );
    return { error: `compilation failed: ERROR: ${placed}` };
  }
}

/** It mentions `oldSelf` when it does not check without it. */
function mentionsOldSelf(environment: RuleEnvironment, parsed: ParsedExpression, self: DeclType): boolean {
  try {
    environment.check(parsed.expr, new Map([['self', self]]));
    return false;
  } catch {
    return true;
  }
}

/** Where and why an expression does not compile, as cel-go prints it. */
export function checkErrorText(expression: string, parsed: ParsedExpression, error: CheckError): string {
  const offset = parsed.sourceInfo?.positions[String(error.id)] ?? 0;
  const before = expression.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1);
  const source = expression.split('\n')[line - 1] ?? '';
  return `compilation failed: ERROR: <input>:${line}:${column + 1}: ${error.message}\n | ${source}\n | ${'.'.repeat(column)}^`;
}
