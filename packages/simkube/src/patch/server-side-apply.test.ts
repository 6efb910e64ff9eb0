import type { ManagedFieldsEntry } from '@canaryop/reconcile/object';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { builtinKinds } from '../schema/builtin-kinds.ts';
import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from '../schema/structural-schema.ts';
import { zeroObject } from '../schema/zero-object.ts';
import { fieldSetFromV1 } from './field-set.ts';
import { decodeManagers } from './managed-fields.ts';
import { serverSideApply, type ApplyOutcome } from './server-side-apply.ts';
import { trackUpdate } from './track-update.ts';

const statusFields = fieldSetFromV1({ 'f:status': {} });

const deployment: StructuralSchema = builtinKinds().find(({ kind }) => kind === 'Deployment')?.schema ?? {};

interface Step {
  readonly manager?: string;
  readonly force?: boolean;
  readonly at?: string;
}

function config(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'demo', ...metadata }, spec };
}

function apply(live: JsonObject | undefined, wanted: JsonObject, step: Step = {}): ApplyOutcome {
  return serverSideApply({
    schema: deployment,
    live,
    applied: wanted,
    manager: step.manager ?? 'one',
    force: step.force ?? false,
    apiVersion: 'apps/v1',
    reset: statusFields,
    zero: zeroObject(deployment),
    now: step.at ?? '2026-01-01T00:00:00Z',
  });
}

function applied(live: JsonObject | undefined, wanted: JsonObject, step: Step = {}): JsonObject {
  const outcome = apply(live, wanted, step);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.object;
}

function updated(
  before: JsonObject | undefined,
  after: JsonObject,
  manager: string,
  at = '2026-01-01T00:00:00Z',
): JsonObject {
  return trackUpdate({
    schema: deployment,
    before,
    after,
    manager,
    apiVersion: 'apps/v1',
    zero: zeroObject(deployment),
    reset: statusFields,
    now: at,
  });
}

function managersOf(object: JsonObject): Record<string, Json> {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const entries = (metadata['managedFields'] ?? []) as readonly ManagedFieldsEntry[];
  return Object.fromEntries(
    entries.map(({ manager, operation, fieldsV1 }) => [`${manager}/${operation}`, (fieldsV1 ?? null) as Json]),
  );
}

const web = { name: 'app', image: 'nginx:1' };
const base = config({ replicas: 2, template: { spec: { containers: [web] } } });

describe('serverSideApply', () => {
  it('creates, and owns exactly what it was given', () => {
    expect(managersOf(applied(undefined, base))).toEqual({
      'one/Apply': {
        'f:spec': {
          'f:replicas': {},
          'f:template': {
            'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      },
    });
  });

  it('changes nothing, not even a time, when applied again', () => {
    const live = applied(undefined, base);
    expect(applied(live, base, { at: '2026-06-01T00:00:00Z' })).toBe(live);
  });

  it('conflicts with another manager over a different value, and names field and manager', () => {
    const live = updated(undefined, base, 'kubectl-client-side-apply');
    expect(apply(live, config({ replicas: 5 }))).toMatchObject({
      ok: false,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
      conflicts: [{ message: 'conflict with "kubectl-client-side-apply" using apps/v1', field: '.spec.replicas' }],
    });
  });

  it('lists several conflicts by manager', () => {
    const live = applied(undefined, base, { manager: 'two' });
    const wanted = config({ replicas: 5, template: { spec: { containers: [{ name: 'app', image: 'nginx:2' }] } } });
    expect(apply(live, wanted)).toMatchObject({
      message:
        'Apply failed with 2 conflicts: conflicts with "two":\n- .spec.replicas\n- .spec.template.spec.containers[name="app"].image',
    });
  });

  it('shares a field where both want the same value', () => {
    const live = applied(applied(undefined, base, { manager: 'two' }), config({ replicas: 2 }));
    expect(managersOf(live)).toMatchObject({
      'one/Apply': { 'f:spec': { 'f:replicas': {} } },
      'two/Apply': { 'f:spec': { 'f:replicas': {} } },
    });
  });

  it('takes ownership when forced', () => {
    const live = applied(applied(undefined, base, { manager: 'two' }), config({ replicas: 5 }), { force: true });
    expect(live['spec']).toMatchObject({ replicas: 5 });
    expect(managersOf(live)['two/Apply']).not.toMatchObject({ 'f:spec': { 'f:replicas': {} } });
  });

  it.each([
    ['a label', { labels: { a: '1', b: '2' } }, { labels: { a: '1' } }, ['metadata', 'labels'], { a: '1' }],
    ['the last label', { labels: { a: '1' } }, {}, ['metadata', 'labels'], undefined],
    [
      'an annotation',
      { annotations: { a: '1', b: '2' } },
      { annotations: { b: '2' } },
      ['metadata', 'annotations'],
      { b: '2' },
    ],
    ['a finalizer', { finalizers: ['x/a', 'x/b'] }, { finalizers: ['x/b'] }, ['metadata', 'finalizers'], ['x/b']],
  ] as [string, JsonObject, JsonObject, string[], Json | undefined][])(
    'removes %s that is no longer applied',
    (_, before, after, path, expected) => {
      const live = applied(applied(undefined, config({ replicas: 1 }, before)), config({ replicas: 1 }, after));
      const found = path.reduce<Json | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), live);
      expect(found).toEqual(expected);
    },
  );

  it('removes an env variable and a container that are no longer applied', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    const full = config({
      template: {
        spec: {
          containers: [
            { ...web, env },
            { name: 'side', image: 'x' },
          ],
        },
      },
    });
    const less = config({ template: { spec: { containers: [{ ...web, env: env.slice(1) }] } } });
    const { template } = applied(applied(undefined, full), less)['spec'] as JsonObject;
    expect(template).toEqual({ metadata: {}, spec: { containers: [{ ...web, env: env.slice(1) }] } });
  });

  it('keeps what it drops while another manager owns it', () => {
    const both = applied(applied(undefined, base), base, { manager: 'two' });
    expect(applied(both, config({}))['spec']).toMatchObject({ replicas: 2 });
  });

  it('does not own the fields that a POST wrote, and so cannot drop them', () => {
    const live = updated(undefined, base, 'one');
    const again = applied(live, base);
    expect(Object.keys(managersOf(again))).toEqual(['one/Apply', 'one/Update']);
    expect(applied(again, config({}))['spec']).toMatchObject({ replicas: 2 });
  });

  it('takes what was never tracked to belong to before-first-apply', () => {
    const live = updated(applied(undefined, base), { ...base, metadata: { name: 'web', managedFields: [] } }, 'x');
    expect(managersOf(live)).toEqual({});
    expect(apply(live, config({ replicas: 9 }))).toMatchObject({
      message: expect.stringContaining('conflict with "before-first-apply" using apps/v1'),
    });
  });

  it('never owns a status that the endpoint resets, nor what the server writes', () => {
    const live = applied(undefined, { ...base, status: { replicas: 1 } });
    expect(JSON.stringify(managersOf(live))).not.toContain('status');
    expect(JSON.stringify(managersOf(live))).not.toContain('f:name":{},"f:namespace');
  });

  it('takes over from client-side apply when kubectl asks', () => {
    const annotation = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(base) };
    const live = updated(
      undefined,
      { ...base, metadata: { name: 'web', namespace: 'demo', annotations: annotation } },
      'kubectl-client-side-apply',
    );
    expect(apply(live, config({ replicas: 7 }), { manager: 'kubectl' })).toMatchObject({ ok: true });
    expect(apply(live, config({ replicas: 7 }), { manager: 'other' })).toMatchObject({ ok: false });
  });

  it.each([
    ['managedFields', config({}, { managedFields: [] }), 'BadRequest', 'metadata.managedFields must be nil'],
    ['an unknown field', config({ foo: 1 }), 'InternalError', '.spec.foo: field not declared in schema'],
    [
      'a wrong type',
      config({ replicas: 'x' }),
      'InternalError',
      '.spec.replicas: expected numeric (int or float), got',
    ],
    [
      'two containers of one name',
      config({ template: { spec: { containers: [web, web] } } }),
      'InternalError',
      'duplicate entries for key [name="app"]',
    ],
  ] as [string, JsonObject, string, string][])('refuses %s', (_, wanted, reason, message) => {
    expect(apply(undefined, wanted)).toMatchObject({ ok: false, reason, message: expect.stringContaining(message) });
  });

  it('is safe from keys that are called __proto__', () => {
    const hostile = JSON.parse('{"labels": {"__proto__": "x", "constructor": "y"}}') as JsonObject;
    const live = applied(undefined, config({}, hostile));
    expect(Object.keys((live['metadata'] as JsonObject)['labels'] as JsonObject)).toEqual(['__proto__', 'constructor']);
    expect(applied(live, config({}, hostile))).toBe(live);
  });
});

const container = fc.record(
  { name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('x', 'y') },
  { requiredKeys: ['name'] },
);
const specs = fc.record(
  {
    replicas: fc.integer({ min: 0, max: 3 }),
    paused: fc.boolean(),
    selector: fc.record({ matchLabels: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2')) }),
    template: fc.record({
      spec: fc.record({ containers: fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1 }) }),
    }),
  },
  { requiredKeys: [] },
);
const configs = specs.map((spec) => config(JSON.parse(JSON.stringify(spec)) as JsonObject));

describe('properties of serverSideApply', () => {
  it('is idempotent', () => {
    fc.assert(
      fc.property(configs, configs, (first, second) => {
        const live = applied(applied(undefined, first, { manager: 'two' }), second, { force: true });
        expect(applied(live, second)).toBe(live);
      }),
    );
  });

  it('conflicts exactly where forcing would change something of the other manager', () => {
    fc.assert(
      fc.property(configs, configs, (mine, theirs) => {
        const live = applied(undefined, theirs, { manager: 'two' });
        const before = JSON.stringify(managersOf(live)['two/Apply']);
        const forced = applied(live, mine, { force: true });
        const lost = JSON.stringify(managersOf(forced)['two/Apply']) !== before;
        expect(apply(live, mine).ok).toBe(!lost);
      }),
    );
  });

  it('leaves what others applied when a manager withdraws everything', () => {
    fc.assert(
      fc.property(configs, configs, (mine, theirs) => {
        const alone = applied(undefined, theirs, { manager: 'two' });
        const both = apply(alone, mine);
        if (!both.ok) return;
        const after = applied(both.object, { ...mine, spec: undefined });
        const owners = decodeManagers((after['metadata'] as JsonObject)['managedFields']);
        expect([...(owners?.values() ?? [])].some(({ manager }) => manager === 'one')).toBe(false);
        expect(managersOf(after)['two/Apply']).toEqual(managersOf(alone)['two/Apply']);
      }),
    );
  });
});

describe('trackUpdate', () => {
  it('gives a creator everything it wrote, and no embedded struct', () => {
    expect(managersOf(updated(undefined, base, 'kubectl-create'))).toEqual({
      'kubectl-create/Update': {
        'f:spec': {
          'f:replicas': {},
          'f:template': {
            'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      },
    });
  });

  it('moves a changed field, and a removed one nowhere', () => {
    const live = applied(undefined, base);
    const after = updated(live, { ...live, spec: { ...(live['spec'] as JsonObject), replicas: 3 } }, 'scaler');
    expect(managersOf(after)).toMatchObject({ 'scaler/Update': { 'f:spec': { 'f:replicas': {} } } });
    expect(managersOf(after)['one/Apply']).not.toMatchObject({ 'f:spec': { 'f:replicas': {} } });
    const { replicas: _, ...rest } = after['spec'] as JsonObject;
    expect(Object.keys(managersOf(updated(after, { ...after, spec: rest }, 'third')))).toEqual(['one/Apply']);
  });

  it('leaves times alone when nothing changes', () => {
    const live = updated(undefined, base, 'kubectl');
    expect(updated(live, live, 'kubectl', '2027-01-01T00:00:00Z')).toEqual(live);
  });

  it('keeps managers of subresources apart', () => {
    const live = updated(undefined, base, 'controller');
    const after = trackUpdate({
      schema: deployment,
      before: live,
      after: { ...live, status: { replicas: 1 } },
      manager: 'controller',
      apiVersion: 'apps/v1',
      subresource: 'status',
      now: '2026-01-01T00:00:01Z',
    });
    const entries = (after['metadata'] as JsonObject)['managedFields'] as readonly JsonObject[];
    expect(entries.map(({ subresource }) => subresource)).toEqual([undefined, 'status']);
  });

  it('remembers ten updaters and merges older ones', () => {
    let live = updated(undefined, base, 'm0', '2026-01-01T00:00:00Z');
    for (let index = 1; index < 15; index += 1) {
      const labels = { ...((live['metadata'] as JsonObject)['labels'] as JsonObject | undefined), [`l${index}`]: 'x' };
      const metadata = { ...(live['metadata'] as JsonObject), labels };
      live = updated(live, { ...live, metadata }, `m${index}`, `2026-01-01T00:00:${String(index).padStart(2, '0')}Z`);
    }
    const names = Object.keys(managersOf(live));
    expect(names).toHaveLength(10);
    expect(names[0]).toBe('ancient-changes/Update');
  });
});
