/** The CEL library enters here: RE2 patterns in linear time, the official conformance tests, a standard syntax tree. */
import type { parse } from '@bufbuild/cel';

export {
  celEnv,
  celFunc,
  celList,
  celMap,
  celMethod,
  CelScalar,
  isCelError,
  listType,
  parse,
  plan,
} from '@bufbuild/cel';
/** The parts of the CEL library that the other files need. */
export type { CelFunc, CelInput, CelList, CelValue } from '@bufbuild/cel';
export { strings as stringFunctions } from '@bufbuild/cel/ext';

/** A parsed expression with the positions of its nodes. */
export type ParsedExpression = ReturnType<typeof parse>;

/** A node of the syntax tree (google.api.expr.v1alpha1.Expr). */
export type Expr = ParsedExpression['expr'];

/** A node of one kind. */
export type ExprOf<Case extends NonNullable<Expr['exprKind']['case']>> = Extract<
  Expr['exprKind'],
  { case: Case }
>['value'];
