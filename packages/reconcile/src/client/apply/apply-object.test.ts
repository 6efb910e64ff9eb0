import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isJsonObject, jsonEqual } from '../../object/json.ts';
import type { KubernetesObject } from '../../object/object.ts';
import { resourceKind } from '../../object/resource-kind.ts';
import { prepareObject } from '../../cache/prepare-object.ts';
import { ScriptedTransport, type RecordedRequest, type ScriptedAnswer } from '../../testing/scripted-transport.ts';
import { virtualEnv } from '../../testing/virtual-env.ts';
import { isConflict } from '../api-error.ts';
import { noCredentials } from '../cluster-connection.ts';
import { createClient } from '../http-client.ts';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly mode?: string;
}

interface Thing extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly plain?: string;
    readonly policy?: string;
    readonly env?: readonly EnvVar[];
    readonly hosts?: readonly { readonly host: string; readonly retries?: number; readonly scheme?: string }[];
  };
}

const things = resourceKind<Thing>({ group: 'demo.io', version: 'v1', kind: 'Thing', plural: 'things' });
const manager = 'canary';

/** Leaves by path; a path is FieldsV1 steps. `env` is a list map keyed by name, `hosts` is atomic. */
type Leaves = Map<string, unknown>;
const separator = '\n';

function leavesOf(object: { readonly metadata?: object; readonly spec?: object }): Leaves {
  const leaves: Leaves = new Map();
  const { labels = {} } = (object.metadata ?? {}) as { labels?: Record<string, string> };
  for (const [name, value] of Object.entries(labels))
    leaves.set(['f:metadata', 'f:labels', `f:${name}`].join(separator), value);
  for (const [name, value] of Object.entries(object.spec ?? {})) {
    if (name !== 'env') {
      leaves.set(['f:spec', `f:${name}`].join(separator), value);
      continue;
    }
    for (const item of value as readonly EnvVar[]) {
      const path = ['f:spec', 'f:env', `k:${JSON.stringify({ name: item.name })}`];
      leaves.set([...path, '.'].join(separator), true);
      for (const [field, own] of Object.entries(item)) leaves.set([...path, `f:${field}`].join(separator), own);
    }
  }
  return leaves;
}

function withDefaults(leaves: Leaves): Leaves {
  const full = new Map(leaves);
  const fill = (path: string, value: unknown): void => void (full.has(path) || full.set(path, value));
  fill(['f:spec', 'f:policy'].join(separator), 'Always');
  fill(['f:spec', 'f:replicas'].join(separator), 1);
  for (const path of leaves.keys()) if (path.endsWith(`${separator}.`)) fill(`${path.slice(0, -1)}f:mode`, 'rw');
  const hosts = full.get(['f:spec', 'f:hosts'].join(separator)) as object[] | undefined;
  if (hosts !== undefined)
    full.set(
      ['f:spec', 'f:hosts'].join(separator),
      hosts.map((host) => ({ scheme: 'http', ...host })),
    );
  return full;
}

function toJson(leaves: Leaves): { metadata: { labels?: Record<string, unknown> }; spec: Record<string, unknown> } {
  const labels: Record<string, unknown> = {};
  const spec: Record<string, unknown> = {};
  const items = new Map<string, Record<string, unknown>>();
  for (const [path, value] of leaves) {
    const [root, field = '', step = '', leaf = ''] = path.split(separator);
    if (root === 'f:metadata') labels[step.slice(2)] = value;
    else if (field !== 'f:env') spec[field.slice(2)] = value;
    else {
      const item = items.get(step) ?? {};
      items.set(step, item);
      if (leaf !== '.') item[leaf.slice(2)] = value;
    }
  }
  if (items.size > 0) spec['env'] = [...items.values()];
  return { metadata: Object.keys(labels).length === 0 ? {} : { labels }, spec };
}

function toFieldsV1(paths: Iterable<string>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const path of paths) {
    let node = root;
    for (const step of path.split(separator)) node = (node[step] ??= {}) as Record<string, unknown>;
  }
  return root;
}

function fromFieldsV1(node: unknown, path: readonly string[] = []): readonly string[] {
  const steps = isJsonObject(node) ? Object.entries(node) : [];
  if (steps.length === 0) return path.length === 0 ? [] : [path.join(separator)];
  return steps.flatMap(([step, child]) => fromFieldsV1(child, [...path, step]));
}

interface Entry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  paths: Set<string>;
}

/** One Thing on a server that does server-side apply as KEP-555 says, field by field. */
class ThingServer {
  leaves: Leaves = new Map();
  entries: Entry[] = [];
  version = 1;
  exists = false;
  readonly transport = new ScriptedTransport((request) => this.#answer(request));

  get writes(): number {
    return this.transport.requests.filter((request) => request.method !== 'GET').length;
  }

  object(): Thing {
    const { metadata, spec } = toJson(this.leaves);
    const managedFields = this.entries.map((entry) => ({
      manager: entry.manager,
      operation: entry.operation,
      apiVersion: 'demo.io/v1',
      fieldsType: 'FieldsV1' as const,
      fieldsV1: toFieldsV1(entry.paths),
    }));
    const identity = { name: 't', namespace: 'ns', uid: 'u', resourceVersion: String(this.version) };
    const object = {
      apiVersion: 'demo.io/v1',
      kind: 'Thing',
      metadata: { ...identity, ...metadata, managedFields },
      spec,
    };
    return JSON.parse(JSON.stringify(object)) as Thing;
  }

  /** Somebody else writes, which takes the ownership of what it changes. */
  update(by: string, changes: Leaves): void {
    const changed = [...changes]
      .filter(([path, value]) => !jsonEqual(this.leaves.get(path), value))
      .map(([path]) => path);
    for (const entry of this.entries) for (const path of changed) entry.paths.delete(path);
    const own = this.#entry(by, 'Update');
    for (const path of changed) own.paths.add(path);
    for (const [path, value] of changes) this.leaves.set(path, value);
    this.#settle();
  }

  #entry(by: string, operation: 'Apply' | 'Update'): Entry {
    let entry = this.entries.find((candidate) => candidate.manager === by && candidate.operation === operation);
    if (entry === undefined) {
      entry = { manager: by, operation, paths: new Set() };
      this.entries.push(entry);
    }
    return entry;
  }

  #apply(desired: Leaves): void {
    const own = this.#entry(manager, 'Apply');
    const others = this.entries.filter((entry) => entry !== own);
    for (const [path, value] of desired) {
      if (jsonEqual(withDefaults(new Map([[path, value]])).get(path), this.leaves.get(path))) continue;
      for (const entry of others) entry.paths.delete(path);
      this.leaves.set(path, value);
    }
    for (const path of own.paths) if (!desired.has(path)) this.#drop(path, others);
    own.paths = new Set(desired.keys());
    this.#settle();
  }

  #drop(path: string, others: readonly Entry[]): void {
    const isOwned = (one: string): boolean => others.some((entry) => entry.paths.has(one));
    if (isOwned(path)) return;
    this.leaves.delete(path);
    if (!path.endsWith(`${separator}.`)) return;
    for (const below of this.leaves.keys())
      if (below.startsWith(path.slice(0, -1)) && !isOwned(below)) this.leaves.delete(below);
  }

  #settle(): void {
    this.leaves = withDefaults(this.leaves);
    this.entries = this.entries.filter((entry) => entry.paths.size > 0);
  }

  #answer(request: RecordedRequest): ScriptedAnswer {
    const before = JSON.stringify(this.object());
    if (request.method === 'POST') {
      this.leaves = withDefaults(leavesOf(request.body));
      this.entries = [{ manager, operation: 'Update', paths: new Set(this.leaves.keys()) }];
    } else if (request.headers['content-type'] === 'application/apply-patch+yaml') {
      const { resourceVersion } = request.body['metadata'] as { resourceVersion: string };
      if (resourceVersion !== String(this.version)) return conflict;
      this.#apply(leavesOf(request.body));
    } else if (request.headers['content-type'] === 'application/json-patch+json') {
      const steps = request.body['list'] as { path: string; value: unknown }[];
      if (steps.find((step) => step.path === '/metadata/resourceVersion')?.value !== String(this.version))
        return conflict;
      const entries = steps[0]?.value as { manager: string; operation: 'Apply' | 'Update'; fieldsV1: unknown }[];
      this.entries = entries.map((entry) => ({ ...entry, paths: new Set(fromFieldsV1(entry.fieldsV1)) }));
    }
    if (JSON.stringify(this.object()) !== before) this.version += 1;
    return { json: this.object() };
  }
}

const conflict: ScriptedAnswer = { status: 409, json: { kind: 'Status', reason: 'Conflict', message: 'changed' } };

type Wanted = Pick<Thing, 'spec'> & { readonly labels?: Readonly<Record<string, string>> };

/** An operator with its cache: looks at the object as the cache keeps it, and applies. */
function operator(server: ThingServer) {
  const connection = { server: 'http://api', transport: server.transport, credentials: noCredentials };
  const client = createClient({ env: virtualEnv(), connection, fieldManager: manager });
  const prune = prepareObject<Thing>({
    kind: things,
    fieldManager: manager,
    transform: undefined,
    onError: () => undefined,
  });
  const desired = ({ spec, labels }: Wanted) => ({
    apiVersion: 'demo.io/v1',
    kind: 'Thing',
    metadata: { name: 't', namespace: 'ns', ...(labels === undefined ? {} : { labels }) },
    spec,
  });
  return {
    create: (wanted: Wanted) => client.create(things, desired(wanted)),
    apply: (wanted: Wanted) => client.apply(things, prune(server.object()), desired(wanted)),
  };
}

const kinds = (server: ThingServer): readonly string[] =>
  server.transport.requests.map((request) => `${request.method} ${request.headers['content-type'] ?? ''}`.trim());
const [post, get, upgrade, apply] = [
  'POST application/json',
  'GET',
  'PATCH application/json-patch+json',
  'PATCH application/apply-patch+yaml',
];

describe('applying', () => {
  const first: Wanted = {
    labels: { app: 'web', tier: 'a' },
    spec: {
      plain: 'x',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      hosts: [{ host: 'one', retries: 3 }, { host: 'two' }],
    },
  };

  it('sends nothing when the object is as desired, server defaults aside', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create(first);
    const live = await us.apply(first);
    expect(live.metadata.resourceVersion).toBe(server.object().metadata.resourceVersion);
    expect(kinds(server)).toEqual([post]);
  });

  it('sends nothing when only the POST had a replica count', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create({ ...first, spec: { ...first.spec, replicas: 3 } });
    await us.apply(first);
    expect(kinds(server)).toEqual([post]);
  });

  it('sends nothing after a restart either, unless a list that is ours as a whole has more than desired', async () => {
    const server = new ThingServer();
    const { hosts: _, ...spec } = first.spec;
    await operator(server).create({ ...first, spec });
    await operator(server).apply({ ...first, spec });
    expect(kinds(server)).toEqual([post]);
  });

  it('asks once after a restart whether what an atomic list has more is a default or a leftover', async () => {
    const server = new ThingServer();
    await operator(server).create(first);
    const restarted = operator(server);
    await restarted.apply(first);
    await restarted.apply(first);
    expect(server.writes).toBe(2 + 1);
  });

  it('sends one apply when a value changes', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create(first);
    await us.apply({ ...first, spec: { ...first.spec, plain: 'y' } });
    expect(kinds(server)).toEqual([post, apply]);
    expect(server.object().spec.plain).toBe('y');
  });

  it.each<[string, Wanted]>([
    ['a label', { ...first, labels: { app: 'web' } }],
    ['an env variable', { ...first, spec: { ...first.spec, env: [{ name: 'A', value: '1' }] } }],
    [
      'an env variable that another replaces',
      {
        ...first,
        spec: {
          ...first.spec,
          env: [
            { name: 'A', value: '1' },
            { name: 'C', value: '2' },
          ],
        },
      },
    ],
    [
      'the value of an env variable',
      { ...first, spec: { ...first.spec, env: [{ name: 'A' }, { name: 'B', value: '2' }] } },
    ],
    ['a plain field', { ...first, spec: { env: first.spec.env ?? [], hosts: first.spec.hosts ?? [] } }],
    ['a host', { ...first, spec: { ...first.spec, hosts: [{ host: 'one', retries: 3 }] } }],
    ['a field of a host', { ...first, spec: { ...first.spec, hosts: [{ host: 'one' }, { host: 'two' }] } }],
  ])('makes %s disappear that is no longer desired, at once after the POST and later', async (_, wanted) => {
    for (const isApplied of [false, true]) {
      const server = new ThingServer();
      const us = operator(server);
      await us.create(first);
      if (isApplied) await us.apply({ ...first, spec: { ...first.spec, policy: 'Never' } });
      await us.apply(wanted);
      const expected = toJson(withDefaults(leavesOf({ metadata: { labels: wanted.labels }, spec: wanted.spec })));
      expect(toJson(server.leaves)).toEqual(expected);
      const sent = server.writes;
      await us.apply(wanted);
      expect(server.writes).toBe(sent);
    }
  });

  it('takes over what the POST wrote before the first apply that drops some of it', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create(first);
    await us.apply({ ...first, labels: { app: 'web' } });
    expect(kinds(server)).toEqual([post, get, upgrade, apply]);
  });

  it('reports a conflict when the object changes between the look and the takeover', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create(first);
    const applying = us.apply({ ...first, labels: {} });
    server.version += 1;
    expect(isConflict(await applying.catch((error: unknown) => error))).toBe(true);
    expect(kinds(server)).toEqual([post, get]);
  });

  it('leaves the replica count of the POST alone, and one that an autoscaler has set', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create({ ...first, spec: { ...first.spec, replicas: 3 } });
    await us.apply({ ...first, labels: {} });
    expect(server.object().spec.replicas).toBe(3);
    await us.apply({ ...first, labels: { added: 'later' } });
    expect(kinds(server).slice(-2)).toEqual([apply, apply]);
    server.update('autoscaler', leavesOf({ spec: { replicas: 7 } }));
    await us.apply({ ...first, labels: { app: 'other' } });
    expect(server.object().spec.replicas).toBe(7);
  });

  it('leaves what others have added, and takes back what they have changed', async () => {
    const server = new ThingServer();
    const us = operator(server);
    await us.create(first);
    server.update(
      'other',
      leavesOf({
        metadata: { labels: { app: 'theirs', extra: '1' } },
        spec: { env: [{ name: 'SIDECAR', value: 's' }] },
      }),
    );
    await us.apply(first);
    expect(server.object().metadata.labels).toEqual({ app: 'web', tier: 'a', extra: '1' });
    expect(server.object().spec.env?.map((variable) => variable.name)).toEqual(['A', 'B', 'SIDECAR']);
  });
});

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const wantedState: fc.Arbitrary<Wanted> = fc
  .record({
    labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { noNullPrototype: true }),
    plain: some(fc.constantFrom('x', 'y')),
    policy: some(fc.constantFrom('Always', 'Never')),
    env: fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: some(fc.constantFrom('1', '2')) }), {
      selector: (item) => item.name,
    }),
    hosts: fc.array(fc.record({ host: fc.constantFrom('h', 'i'), retries: some(fc.nat(2)) }), { maxLength: 3 }),
  })
  .map(({ labels, ...spec }) => JSON.parse(JSON.stringify({ labels, spec: withoutEmpty(spec) })) as Wanted);

function withoutEmpty(spec: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

describe('whatever is desired one after the other', () => {
  const foreign = leavesOf({
    metadata: { labels: { foreign: 'f' } },
    spec: { env: [{ name: 'INJECTED', value: 'i' }] },
  });

  it('the object ends as desired, with defaults and the fields of others and nothing else, and is then left alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(wantedState, { minLength: 2, maxLength: 6 }),
        fc.boolean(),
        async ([initial, ...later], isShared) => {
          const server = new ThingServer();
          const us = operator(server);
          await us.create({ ...initial, spec: { ...initial?.spec, replicas: 5 } });
          if (isShared) server.update('other', foreign);
          for (const wanted of later) {
            await us.apply(wanted);
            const expected = withDefaults(
              new Map([
                ...leavesOf({ metadata: { labels: wanted.labels }, spec: { ...wanted.spec, replicas: 5 } }),
                ...(isShared ? foreign : []),
              ]),
            );
            expect(new Map(server.leaves)).toEqual(expected);
            const sent = server.writes;
            await us.apply(wanted);
            expect(server.writes).toBe(sent);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a restart before every decision loses no label, env variable or host that has to go, and settles after one write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wantedState, { minLength: 2, maxLength: 6 }), async ([initial, ...later]) => {
        const server = new ThingServer();
        await operator(server).create({ spec: {}, ...initial });
        for (const wanted of later) {
          await operator(server).apply(wanted);
          const { metadata, spec } = toJson(server.leaves);
          const expected = toJson(withDefaults(leavesOf({ metadata: { labels: wanted.labels }, spec: wanted.spec })));
          expect(metadata).toEqual(expected.metadata);
          expect(spec['hosts']).toEqual(expected.spec['hosts']);
          const namesOf = (list: unknown): unknown =>
            (list as EnvVar[] | undefined)?.map((variable) => variable.name).sort();
          expect(namesOf(spec['env'])).toEqual(namesOf(expected.spec['env']));
        }
        const survivor = operator(server);
        await survivor.apply({ spec: {}, ...later.at(-1) });
        const sent = server.writes;
        await survivor.apply({ spec: {}, ...later.at(-1) });
        expect(server.writes).toBe(sent);
      }),
      { numRuns: 300 },
    );
  });
});
