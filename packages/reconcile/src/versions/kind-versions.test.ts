import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../object/object.ts';
import { defineKind } from '../crd/define-kind.ts';
import { kindVersions, olderVersion } from './kind-versions.ts';
import { s } from '../crd/schema.ts';

const group = 'demo.io';
const kind = 'Room';
const beta = defineKind({
  group,
  version: 'v1beta1',
  kind,
  spec: s.object({ size: s.string({ maxLength: 20 }), smoking: s.boolean().optional() }),
  status: s.object({ free: s.boolean().optional() }),
});
const alpha = defineKind({ group, version: 'v1alpha1', kind, spec: s.object({ metres: s.int() }) });
const current = defineKind({
  group,
  version: 'v1',
  kind,
  spec: s.object({
    size: s.object({ width: s.int({ minimum: 0, maximum: 99 }), depth: s.int().default(1) }),
    floor: s.int({ maximum: 9 }).optional(),
    tags: s.array(s.string({ maxLength: 5 }), { maxItems: 4 }).optional(),
  }),
  status: s.object({ state: s.enum(['Free', 'Taken']).optional() }),
});
const rooms = kindVersions(current, [
  olderVersion(current, beta, {
    up: ({ spec, status }) => {
      const [width = '', depth = ''] = spec.size.split('x');
      return {
        spec: { size: { width: Number(width), depth: Number(depth) } },
        ...(status === undefined ? {} : { status: status.free === true ? { state: 'Free' as const } : {} }),
      };
    },
    down: ({ spec, status }) => ({
      spec: { size: `${spec.size.width}x${spec.size.depth}` },
      ...(status === undefined ? {} : { status: status.state === 'Free' ? { free: true } : {} }),
    }),
    deprecated: true,
  }),
  olderVersion(current, alpha, {
    up: ({ spec }) => ({ spec: { size: { width: spec.metres, depth: 1 } } }),
    down: ({ spec }) => ({ spec: { metres: spec.size.width } }),
    served: false,
    deprecated: 'rooms have two sides since v1',
  }),
]);

const service = { service: { namespace: 'hotel', name: 'hotel', path: '/convert' } };
const metadata = { name: 'a', namespace: 'n', uid: 'u' };
const object = (version: string, body: object, annotations?: Record<string, string>): KubernetesObject => ({
  apiVersion: `${group}/${version}`,
  kind,
  metadata: annotations === undefined ? metadata : { ...metadata, annotations },
  ...body,
});
const specs = {
  v1: fc.record(
    {
      size: fc.record({ width: fc.nat(99), depth: fc.nat() }),
      floor: fc.nat(9),
      tags: fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }),
    },
    { requiredKeys: ['size'] },
  ),
  v1beta1: fc.record(
    { size: fc.tuple(fc.nat(99), fc.nat()).map((sides) => sides.join('x')), smoking: fc.boolean() },
    { requiredKeys: ['size'] },
  ),
  v1alpha1: fc.record({ metres: fc.nat(99) }),
};
const versions = ['v1', 'v1beta1', 'v1alpha1'] as const;

describe('an object that is converted', () => {
  it('says the same in another version', () => {
    const room = object('v1beta1', { spec: { size: '3x4' }, status: { free: true } });
    expect(rooms.convert(room, 'demo.io/v1')).toEqual(
      object('v1', { spec: { size: { width: 3, depth: 4 } }, status: { state: 'Free' } }),
    );
    expect(rooms.convert(rooms.convert(room, 'demo.io/v1'), 'demo.io/v1beta1')).toEqual(room);
  });

  it('keeps what the other version has no word for in an annotation', () => {
    const room = object('v1', { spec: { size: { width: 3, depth: 4 }, floor: 2 } });
    const older = rooms.convert(room, 'demo.io/v1beta1');
    expect(older).toEqual(
      object('v1beta1', { spec: { size: '3x4' } }, { 'conversion.demo.io/v1': '[{"path":["spec","floor"],"is":2}]' }),
    );
    expect(rooms.convert(older, 'demo.io/v1')).toEqual(room);
  });

  it('has the field that was set in the other version since, not the one that was kept', () => {
    const wide = rooms.convert(object('v1', { spec: { size: { width: 3, depth: 4 } } }), 'demo.io/v1alpha1');
    expect(wide).toMatchObject({ spec: { metres: 3 } });
    expect(rooms.convert({ ...wide, spec: { metres: 8 } } as KubernetesObject, 'demo.io/v1')).toMatchObject({
      spec: { size: { width: 8, depth: 4 } },
    });
  });

  it.each([
    ['is against the schema', '[{"path":["spec","floor"],"is":99}]'],
    ['is no list of fields', '{"path":["spec"]}'],
    ['has no path', '[{"is":1}]'],
    ['is no JSON', '[{'],
  ])('takes nothing from an annotation that %s', (_what, text) => {
    const room = object('v1beta1', { spec: { size: '3x4' } }, { 'conversion.demo.io/v1': text });
    expect(rooms.convert(room, 'demo.io/v1')).toEqual(object('v1', { spec: { size: { width: 3, depth: 4 } } }));
  });

  it('leaves the annotations of others alone', () => {
    const room = object('v1', { spec: { size: { width: 3, depth: 4 } } }, { mine: 'x' });
    expect(rooms.convert(room, 'demo.io/v1beta1').metadata.annotations).toEqual({ mine: 'x' });
  });

  it('may have no spec, as a part of an object that is applied', () => {
    expect(rooms.convert(object('v1', {}), 'demo.io/v1beta1')).toEqual(object('v1beta1', {}));
  });

  it('is refused for a version that there is not', () => {
    expect(() => rooms.convert(object('v1', {}), 'demo.io/v2')).toThrow(
      'Room has no version "demo.io/v2"; it has demo.io/v1, demo.io/v1beta1, demo.io/v1alpha1',
    );
  });

  it.each(versions.flatMap((from) => versions.filter((to) => to !== from).map((to) => [from, to] as const)))(
    'comes back whole from %s by way of %s, whatever it says',
    (from, to) => {
      const spec: fc.Arbitrary<object> = specs[from];
      fc.assert(
        fc.property(spec, (each) => {
          const room = object(from, { spec: each });
          expect(rooms.convert(rooms.convert(room, `${group}/${to}`), `${group}/${from}`)).toEqual(room);
        }),
      );
    },
  );
});

describe('the definition of a kind with several versions', () => {
  it('has them all, one of them stored, and says where they are converted', () => {
    const { spec } = rooms.crd({ webhook: service });
    expect(spec.versions.map(({ schema: _schema, subresources: _subresources, ...rest }) => rest)).toEqual([
      { name: 'v1', served: true, storage: true },
      { name: 'v1beta1', served: true, storage: false, deprecated: true },
      {
        name: 'v1alpha1',
        served: false,
        storage: false,
        deprecated: true,
        deprecationWarning: 'rooms have two sides since v1',
      },
    ]);
    expect(spec.conversion).toEqual({
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v1'], clientConfig: service },
    });
  });

  it('stores another version while a migration is under way', () => {
    const { spec } = rooms.crd({ webhook: service, storedAs: 'v1beta1' });
    expect(spec.versions.filter(({ storage }) => storage).map(({ name }) => name)).toEqual(['v1beta1']);
    expect(() => rooms.crd({ webhook: service, storedAs: 'v3' })).toThrow(
      'schema of Room: it cannot be stored as "v3"',
    );
  });

  it('is refused where versions are not of one kind, or one comes twice', () => {
    const same = { up: () => ({}) as never, down: () => ({}) as never };
    const spec = s.object({});
    const suite = defineKind({ group, version: 'v1beta1', kind: 'Suite', spec });
    const wide = defineKind({ group, version: 'v1beta1', kind, scope: 'Cluster', spec });
    expect(() => kindVersions(current, [olderVersion(current, suite, same)])).toThrow(
      'schema of Suite v1beta1: its kind is Suite, that of v1 is Room',
    );
    expect(() => kindVersions(current, [olderVersion(current, wide, same)])).toThrow('its namespaced is false');
    const twice = olderVersion(current, beta, same);
    expect(() => kindVersions(current, [twice, twice])).toThrow(
      'Room v1beta1: there is a version of this name already',
    );
  });
});
