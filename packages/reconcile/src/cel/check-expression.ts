import { callCost } from './call-cost.ts';
import type { Expr, ExprOf } from './cel-library.ts';
import {
  boolType,
  dynType,
  intType,
  listOf,
  mapOf,
  simpleType,
  stringType,
  typeText,
  type DeclType,
} from './decl-type.ts';
import { assignable, functionSignatures, resolveOverload, type Signature } from './function-signature.ts';

/** A node's type and the most that evaluating it costs. */
export interface Checked {
  readonly type: DeclType;
  readonly cost: number;
}

/** Why an expression does not compile, and at which node. */
export class CheckError extends Error {
  readonly id: bigint;
  constructor(id: bigint, message: string) {
    super(message);
    this.id = id;
  }
}

/** The variables in sight. */
export type Scope = ReadonlyMap<string, DeclType>;

const typeNames = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type']);

/** Checks expressions against declared variables, as cel-go's checker does for Kubernetes. */
export class ExpressionChecker {
  readonly #signatures = functionSignatures();

  /** @throws CheckError */
  check(expr: Expr, scope: Scope): Checked {
    const kind = expr.exprKind;
    switch (kind.case) {
      case 'constExpr':
        return { type: constantType(kind.value), cost: 0 };
      case 'identExpr':
        return this.#identifier(expr, kind.value.name, scope);
      case 'selectExpr':
        return this.#selection(expr, kind.value, scope);
      case 'callExpr':
        return this.#call(expr, kind.value, scope);
      case 'listExpr':
        return this.#list(kind.value, scope);
      case 'structExpr':
        return this.#struct(expr, kind.value, scope);
      case 'comprehensionExpr':
        return this.#comprehension(expr, kind.value, scope);
      default:
        throw new CheckError(expr.id, 'unexpected expression');
    }
  }

  #identifier(expr: Expr, name: string, scope: Scope): Checked {
    const type = scope.get(name);
    if (type !== undefined) return { type, cost: 1 };
    // cel-go takes the size of a type's name for that of the rule's root.
    if (typeNames.has(name)) return { type: simpleType('type', rootSize(scope)), cost: 1 };
    throw new CheckError(expr.id, `undeclared reference to '${name}' (in container '')`);
  }

  #selection(expr: Expr, select: ExprOf<'selectExpr'>, scope: Scope): Checked {
    const operand = this.check(present(select.operand, expr), scope);
    const type = fieldType(expr, operand.type, select.field);
    if (select.testOnly) return { type: boolType, cost: operand.cost };
    return { type, cost: operand.cost + 1 };
  }

  #call(expr: Expr, node: ExprOf<'callExpr'>, scope: Scope): Checked {
    const namespaced = this.#namespacedName(node, scope);
    const name = namespaced ?? node.function;
    const target = node.target === undefined || namespaced !== undefined ? undefined : this.check(node.target, scope);
    const args = node.args.map((arg) => this.check(arg, scope));
    if (name === '_?_:_') return this.#conditional(expr, args, rootSize(scope));
    const overloads = this.#signatures.get(name);
    if (overloads === undefined)
      throw new CheckError(
        expr.id,
        `undeclared reference to '${name}' (in container ''): function ${name} can't be evaluated here`,
      );
    const argTypes = args.map(({ type }) => type);
    const type = resolved(expr, { name, overloads, target: target?.type, args: argTypes });
    const own = callCost(name, target?.type, argTypes);
    const cost = args.reduce((sum, arg) => sum + arg.cost, own + (target?.cost ?? 0));
    return { type: sized(name, type, [...(target === undefined ? [] : [target.type]), ...argTypes]), cost };
  }

  #conditional(expr: Expr, args: readonly Checked[], unknownSize: number): Checked {
    const [condition, yes, no] = args;
    if (condition === undefined || yes === undefined || no === undefined)
      throw new CheckError(expr.id, 'incomplete conditional');
    const kinds = condition.type.kind;
    if ((kinds !== 'bool' && kinds !== 'dyn') || !assignable(yes.type, no.type)) {
      throw new CheckError(
        expr.id,
        noOverload(
          '_?_:_',
          undefined,
          args.map(({ type }) => type),
        ),
      );
    }
    // The elements of a chosen list have no path, and cel-go gives them the size of the rule's root.
    const { element, ...type } = joined(yes.type, no.type);
    const chosen = element === undefined ? type : { ...type, element: { ...element, maxElements: unknownSize } };
    return { type: chosen, cost: condition.cost + Math.max(yes.cost, no.cost) };
  }

  #list(node: ExprOf<'listExpr'>, scope: Scope): Checked {
    const elements = node.elements.map((element) => this.check(element, scope));
    const element = elements.map(({ type }) => type).reduce(joined, elements[0]?.type ?? dynType);
    return { type: listOf(element, elements.length), cost: elements.reduce((sum, { cost }) => sum + cost, 10) };
  }

  #struct(expr: Expr, node: ExprOf<'structExpr'>, scope: Scope): Checked {
    if (node.messageName !== '')
      throw new CheckError(expr.id, `undeclared reference to '${node.messageName}' (in container '')`);
    let [cost, keys, values]: [number, DeclType | undefined, DeclType | undefined] = [30, undefined, undefined];
    for (const entry of node.entries) {
      if (entry.keyKind.case !== 'mapKey') throw new CheckError(expr.id, 'a map key must be an expression');
      const key = this.check(entry.keyKind.value, scope);
      const value = this.check(present(entry.value, expr), scope);
      cost += key.cost + value.cost;
      keys = keys === undefined ? key.type : joined(keys, key.type);
      values = values === undefined ? value.type : joined(values, value.type);
    }
    return { type: mapOf(values ?? dynType, node.entries.length, keys ?? dynType), cost };
  }

  #comprehension(expr: Expr, node: ExprOf<'comprehensionExpr'>, scope: Scope): Checked {
    const range = this.check(present(node.iterRange, expr), scope);
    const init = this.check(present(node.accuInit, expr), scope);
    const item = iterated(expr, range.type);
    const inner = new Map([...scope, [node.accuVar, grown(init.type, dynType, range.type)], [node.iterVar, item]]);
    const condition = this.check(present(node.loopCondition, expr), inner);
    const step = this.check(present(node.loopStep, expr), inner);
    const accumulated = grown(init.type, step.type.element ?? dynType, range.type);
    const result = this.check(present(node.result, expr), new Map([...scope, [node.accuVar, accumulated]]));
    const loops = range.type.maxElements * (condition.cost + step.cost);
    return { type: result.type, cost: range.cost + init.cost + loops + result.cost };
  }

  #namespacedName(node: ExprOf<'callExpr'>, scope: Scope): string | undefined {
    const target = node.target?.exprKind;
    if (target?.case !== 'identExpr' || scope.has(target.value.name)) return undefined;
    return `${target.value.name}.${node.function}`;
  }
}

function rootSize(scope: Scope): number {
  return scope.get('self')?.maxElements ?? 0;
}

function present(expr: Expr | undefined, parent: Expr): Expr {
  if (expr === undefined) throw new CheckError(parent.id, 'incomplete expression');
  return expr;
}

function constantType(constant: ExprOf<'constExpr'>): DeclType {
  const kind = constant.constantKind;
  switch (kind.case) {
    case 'stringValue':
      return simpleType('string', new TextEncoder().encode(kind.value).length, 2);
    case 'bytesValue':
      return simpleType('bytes', kind.value.length, 2);
    case 'boolValue':
      return boolType;
    case 'int64Value':
      return intType;
    case 'uint64Value':
      return simpleType('uint');
    case 'doubleValue':
      return simpleType('double');
    default:
      return simpleType('null');
  }
}

function fieldType(expr: Expr, operand: DeclType, field: string): DeclType {
  switch (operand.kind) {
    case 'object': {
      const type = operand.fields?.get(field);
      if (type === undefined) throw new CheckError(expr.id, `undefined field '${field}'`);
      return type;
    }
    case 'map':
      return operand.element ?? dynType;
    case 'dyn':
      return dynType;
    default:
      throw new CheckError(expr.id, `type '${typeText(operand)}' does not support field selection`);
  }
}

function iterated(expr: Expr, range: DeclType): DeclType {
  if (range.kind === 'list') return range.element ?? dynType;
  if (range.kind === 'map') return range.key ?? stringType;
  if (range.kind === 'dyn') return dynType;
  throw new CheckError(
    expr.id,
    `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
  );
}

/** The type of an accumulator: a list starts empty and grows to at most the range. */
function grown(init: DeclType, element: DeclType, range: DeclType): DeclType {
  if (init.kind !== 'list') return init;
  const known = init.element === undefined || init.element.kind === 'dyn' ? element : init.element;
  return listOf(known, range.maxElements);
}

interface ResolvedCall {
  readonly name: string;
  readonly overloads: readonly Signature[];
  readonly target: DeclType | undefined;
  readonly args: readonly DeclType[];
}

function resolved(expr: Expr, { name, overloads, target, args }: ResolvedCall): DeclType {
  const type = resolveOverload(overloads, target, args);
  if (type === undefined) throw new CheckError(expr.id, noOverload(name, target, args));
  return type;
}

function noOverload(name: string, target: DeclType | undefined, args: readonly DeclType[]): string {
  const receiver = target === undefined ? '' : `${typeText(target)}.`;
  return `found no matching overload for '${name}' applied to '${receiver}(${args.map(typeText).join(', ')})'`;
}

function joined(a: DeclType, b: DeclType): DeclType {
  if (!assignable(a, b) || a.kind === 'dyn' || b.kind === 'dyn') return dynType;
  return a.maxElements >= b.maxElements ? a : b;
}

const sameSize = new Set(['lowerAscii', 'upperAscii', 'trim', 'substring', 'replace', 'string', 'bytes', 'dyn']);

/** Bounds a result by what it is made of, where that is known. */
function sized(name: string, type: DeclType, parts: readonly DeclType[]): DeclType {
  const [first, second] = parts;
  if (first === undefined) return type;
  if (name === '_+_' && second !== undefined) {
    return { ...type, maxElements: first.maxElements + second.maxElements };
  }
  if (sameSize.has(name) && (first.kind === 'string' || first.kind === 'bytes')) {
    return { ...type, maxElements: first.maxElements };
  }
  if (name === 'split') return { ...type, maxElements: first.maxElements };
  if (name === 'type') return { ...type, maxElements: Number.POSITIVE_INFINITY };
  if (name === 'charAt') return { ...type, maxElements: 4 };
  return type;
}
