import type { CustomKind } from '../crd/define-kind.ts';
import type { KubernetesObject } from '../object/object.ts';
import { compileRules, type RuleTree } from './cel-rules.ts';

const compiled = new WeakMap<object, { readonly tree: RuleTree | undefined }>();

/** The CEL rules of a kind, compiled once; undefined when it has none. Throws `SchemaError` as `compileRules` does. */
export function kindRules<T extends KubernetesObject>(kind: CustomKind<T>): RuleTree | undefined {
  let rules = compiled.get(kind);
  if (rules === undefined) {
    // What rules see of type and metadata is the same for every kind: the compiler knows it.
    const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...properties } = kind.schema.properties ?? {};
    rules = { tree: compileRules({ ...kind.schema, properties }, kind.kind) };
    compiled.set(kind, rules);
  }
  return rules.tree;
}
