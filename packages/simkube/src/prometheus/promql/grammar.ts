import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A node of the official grammar's syntax tree, with its text. */
export interface GrammarNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly children: readonly GrammarNode[];
}

/** The syntax tree, or where the text stops being PromQL. */
export type GrammarResult =
  | { readonly ok: true; readonly root: GrammarNode }
  | { readonly ok: false; readonly offset: number; readonly previous: string };

/**
 * Parses with the grammar that the Prometheus project publishes. That grammar serves editors, so two things are left
 * to the caller: it accepts unterminated strings, and it gets the precedence of postfix modifiers and signs wrong.
 */
export function parseGrammar(query: string): GrammarResult {
  const tree = parser.parse(query);
  let firstError: SyntaxNode | undefined;
  tree.iterate({
    enter(node) {
      if (node.type.isError && (firstError === undefined || node.from < firstError.from)) firstError = node.node;
    },
  });
  if (firstError === undefined) return { ok: true, root: convert(tree.topNode, query) };
  const before = query.slice(0, firstError.from).trimEnd();
  const skipped = /^\s*/.exec(query.slice(firstError.from))?.[0] ?? '';
  return { ok: false, offset: firstError.from + skipped.length, previous: before };
}

function convert(node: SyntaxNode, query: string): GrammarNode {
  const children: GrammarNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(convert(child, query));
  }
  return { name: node.name, from: node.from, to: node.to, text: query.slice(node.from, node.to), children };
}
