import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileRule, ruleEnvironment } from '@canaryop/reconcile/cel';
import { describe, expect, it } from 'vitest';

import { serverSideApply } from '../../src/patch/server-side-apply.ts';
import { strategicMergePatch } from '../../src/patch/strategic-merge-patch.ts';
import { trackUpdate } from '../../src/patch/track-update.ts';
import { builtinKinds } from '../../src/schema/builtin-kinds.ts';
import { definitionErrors } from '../../src/schema/definition-errors.ts';
import { fieldErrorText } from '../../src/schema/field-error.ts';
import { objectValidator } from '../../src/schema/object-validator.ts';
import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from '../../src/schema/structural-schema.ts';

/** Answers of Kubernetes' own code to random cases; scripts/record-upstream.ts says how they come about. */
function recorded(subject: string): readonly { readonly case: unknown; readonly answer: unknown }[] {
  const folder = process.env['SIMKUBE_RECORDED'] ?? join(import.meta.dirname, 'recorded');
  const lines = readFileSync(join(folder, `${subject}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as { case: unknown; answer: unknown });
}

interface Recorded<Case, Answer> {
  readonly case: Case;
  readonly answer: Answer;
}

const deployment: StructuralSchema = builtinKinds().find(({ kind }) => kind === 'Deployment')?.schema ?? {};
const apiVersion = 'apps/v1';

function hasNull(value: Json | undefined): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(hasNull));
}

/** Times differ, and Go writes null where decoding into types drops it again. */
function comparable(value: Json | undefined): unknown {
  if (Array.isArray(value)) return (value as readonly Json[]).map(comparable);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key, child]) => key !== 'time' && child !== null && child !== undefined);
  return Object.fromEntries(kept.map(([key, child]) => [key, comparable(child)]));
}

interface Write {
  readonly op: 'apply' | 'update';
  readonly manager: string;
  readonly force: boolean;
  readonly object: JsonObject;
}

const sortedLines = (text: Json | undefined): readonly string[] =>
  typeof text === 'string' ? text.split('\n').toSorted() : [];

/** Go's harness has untyped objects that start from nothing. */
const zero: JsonObject = { apiVersion, kind: 'Deployment' };

function written(live: JsonObject | undefined, { op, manager, force, object }: Write): JsonObject {
  const common = { schema: deployment, manager, apiVersion, zero, now: '2026-01-01T00:00:00Z' };
  if (op === 'update') return trackUpdate({ ...common, before: live, after: object });
  const outcome = serverSideApply({ ...common, live, applied: object, force });
  return outcome.ok ? outcome.object : { error: outcome.message };
}

describe('recorded answers of Kubernetes v1.36', () => {
  it.each([...(recorded('ownership') as readonly Recorded<readonly Write[], readonly JsonObject[]>[]).entries()])(
    'ownership, sequence %i',
    (_, { case: writes, answer }) => {
      let live: JsonObject | undefined;
      for (const [at, write] of writes.entries()) {
        const expected = answer[at] ?? {};
        const result = written(live, write);
        expect(sortedLines(result['error'])).toEqual(sortedLines(expected['error']));
        if (result['error'] !== undefined) continue;
        expect(comparable(result)).toEqual(comparable(expected));
        // From here on Go's object has a null that a real server does not store, or no uid although it exists.
        if (hasNull(expected) || !Object.hasOwn(expected['metadata'] as JsonObject, 'managedFields')) return;
        live = result;
      }
    },
  );

  interface Change {
    readonly current: JsonObject;
  }

  it.each([...(recorded('strategic') as readonly Recorded<Change, { patch?: Json; result?: Json }>[]).entries()])(
    'strategic merge patch %i',
    (_, { case: { current }, answer: { patch, result } }) => {
      // Inside an item that a patch adds, Go leaves deletions behind as items; nobody means that.
      if (patch === undefined || JSON.stringify(patch).includes('"$patch"')) return;
      const patched = strategicMergePatch(current, patch, deployment);
      expect(patched.ok && comparable(withoutDirectives(patched.object))).toEqual(
        comparable(withoutDirectives(result ?? null)),
      );
    },
  );

  interface DefinitionCase {
    readonly definition: JsonObject;
    readonly objects: readonly JsonObject[];
  }
  interface Judgement {
    readonly errors: readonly string[];
    readonly costs?: readonly (readonly [rule: string, cost: number, cardinality: number])[];
    readonly objects?: readonly (readonly string[])[];
  }
  const environment = ruleEnvironment();

  it.each([...(recorded('definitions') as readonly Recorded<DefinitionCase, Judgement>[]).entries()])(
    'definition %i',
    (_, { case: { definition, objects }, answer }) => {
      const errors = definitionErrors(definition, environment).map(fieldErrorText);
      expect(errors.map(withoutRule).toSorted()).toEqual(answer.errors.map(withoutRule).toSorted());
      if (answer.errors.length > 0) return;
      const schema = schemaOf(definition);
      const costs = costsOf(schema, true);
      for (const cost of answer.costs ?? []) expect(costs).toContainEqual(cost);
      const validate = objectValidator(schema, { environment });
      const judged = objects.map((object) => validate(object).map(fieldErrorText).filter(isFinal).toSorted());
      expect(judged).toEqual(answer.objects?.map((texts) => texts.toSorted()));
    },
  );

  function costsOf(schema: StructuralSchema, isResource: boolean): readonly unknown[] {
    const below = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
    return [
      ...(schema['x-kubernetes-validations'] ?? []).map(({ rule }) => {
        const compiled = compileRule(rule, { schema, isResource, environment });
        return compiled.ok ? [rule, compiled.rule.maxCost, compiled.rule.maxCardinality] : [rule];
      }),
      ...below.flatMap((child) => (typeof child === 'object' ? costsOf(child, false) : [])),
    ];
  }
});

function schemaOf(definition: JsonObject): StructuralSchema {
  const spec = definition['spec'] as unknown as {
    versions: readonly { schema: { openAPIV3Schema: StructuralSchema } }[];
  };
  const [version] = spec.versions;
  if (version === undefined) throw new Error('a recorded definition has a version');
  return version.schema.openAPIV3Schema;
}

const isFinal = (text: string): boolean => !text.includes('some validation rules were not checked');

/** Compilers word their complaints differently, and Go prints its own struct for the rule. */
function withoutRule(text: string): string {
  return text.replace(/Invalid value: \{"[Rr]ule"[\s\S]*$/u, 'a bad rule');
}

/** Directives of a patch that made a whole map stay in Go's raw result until it is decoded. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutDirectives);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('$'));
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutDirectives(child ?? null)]));
}
