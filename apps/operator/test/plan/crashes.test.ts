import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CanaryApp, OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { sameStatus, TinyWorld, type Script } from './tiny-world.ts';

interface Story {
  readonly name: string;
  readonly script?: Partial<Script>;
  /** Edits, each made once `when` holds. */
  readonly edits: readonly { readonly when: (world: TinyWorld) => boolean; readonly spec: Partial<OwnedSpec> }[];
}

const atRest = (world: TinyWorld): boolean =>
  world.status.run === undefined && (world.status.releasedImage ?? '') !== '';

const stories: readonly Story[] = [
  { name: 'a rollout', edits: [{ when: atRest, spec: { image: 'go-status-code-server:v2' } }] },
  {
    name: 'a rollback',
    script: { verdict: (image, weight) => (image === 'go-status-code-server:v3' && weight >= 30 ? 'breach' : 'pass') },
    edits: [{ when: atRest, spec: { image: 'go-status-code-server:v3' } }],
  },
  {
    name: 'a changed mind',
    edits: [
      { when: atRest, spec: { image: 'go-status-code-server:v2' } },
      { when: (world) => world.weight === 20, spec: { image: 'go-status-code-server:v3' } },
    ],
  },
  {
    name: 'a port change',
    edits: [{ when: atRest, spec: { image: 'go-status-code-server:v2', imageListenPort: 9090 } }],
  },
];

/** Runs a story; at the request with the number `crashAt` the process dies, before or after it. */
function tell(story: Story, crash: { at: number; after: boolean } | undefined): { world: TinyWorld; requests: number } {
  const world = new TinyWorld({}, story.script);
  const edits = [...story.edits];
  let requests = 0;
  for (let pass = 0; pass < 3_000; pass += 1) {
    const next = edits[0];
    if (next !== undefined && next.when(world)) {
      world.edit(next.spec);
      edits.shift();
    }
    const planned = world.plan();
    const size = planned.writes.length + (sameStatus(planned.status, world.status) ? 0 : 1);
    const crashesHere = crash !== undefined && requests < crash.at && requests + size >= crash.at;
    const steps = crashesHere ? crash.at - requests - (crash.after ? 0 : 1) : Infinity;
    requests += size;
    const did = world.act(planned, steps);
    if (crashesHere) world.restart();
    if (did > 0 || planned.measure !== undefined || crashesHere) continue;
    if (edits.length === 0 && planned.requeueAfterMs === undefined && atRest(world)) return { world, requests };
    world.now = world.nextEvent(planned) ?? world.now + 1_000;
  }
  throw new Error(
    `${story.name} does not end: ${world.plan().why}; weights ${world.weights.join(' ')}; crash ${JSON.stringify(crash)}`,
  );
}

const endOf = ({ live, status, weight }: TinyWorld): object => ({
  image: live.primary?.spec?.template.spec?.containers[0]?.image,
  secondary: live.secondary,
  weight,
  released: status.releasedImage,
  failed: status.failedRevisions?.map(({ image }) => image) ?? [],
  lastFailedTag: status.lastFailedTag,
  successfulRelease: status.successfulRelease,
  phase: status.phase,
});

describe('a crash between any two requests', () => {
  for (const story of stories) {
    it(`leaves ${story.name} with the same end`, () => {
      const plain = tell(story, undefined);
      expect(plain.world.violations).toEqual([]);
      for (let at = 1; at <= plain.requests; at += 1) {
        for (const after of [false, true]) {
          const { world } = tell(story, { at, after });
          expect(endOf(world), `crash ${after ? 'after' : 'before'} request ${at}`).toEqual(endOf(plain.world));
          expect(world.violations, `crash ${after ? 'after' : 'before'} request ${at}`).toEqual([]);
        }
      }
    });
  }
});

const images = [
  'go-status-code-server:v1',
  'go-status-code-server:v2',
  'go-status-code-server:v3',
  'go-status-code-server:v4',
] as const;
const mishap = fc.oneof(
  fc.record({ kind: fc.constant('image' as const), image: fc.constantFrom(...images) }),
  fc.record({ kind: fc.constant('weight' as const), weight: fc.integer({ min: 0, max: 100 }) }),
  fc.record({
    kind: fc.constant('delete' as const),
    slot: fc.constantFrom('secondary', 'primary', 'virtualService', 'service', 'destinationRule'),
  }),
  fc.record({ kind: fc.constant('restart' as const) }),
  fc.record({ kind: fc.constant('port' as const), port: fc.constantFrom(8088, 9090) }),
  fc.record({ kind: fc.constant('lose status' as const) }),
  fc.record({ kind: fc.constant('cut' as const), steps: fc.integer({ min: 0, max: 3 }) }),
);

describe('whatever happens', () => {
  it('no rule of traffic is broken, and the world comes to rest without a write', () => {
    const history = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 40 }), mishap }), { maxLength: 8 });
    fc.assert(
      fc.property(history, (steps) => {
        const world = new TinyWorld(
          {},
          { verdict: (image, weight) => (image === 'go-status-code-server:v3' && weight > 0 ? 'breach' : 'pass') },
        );
        for (const step of steps) {
          for (let pass = 0; pass < step.pause; pass += 1) turn(world);
          befall(world, step.mishap);
        }
        world.run();
        expect(world.violations).toEqual([]);
        const rest = world.plan();
        expect(rest.writes).toEqual([]);
        expect(sameStatus(rest.status, world.status)).toBe(true);
        expect(world.weight).toBe(0);
      }),
      {
        numRuns: 300,
        examples: [
          [
            [
              { pause: 1, mishap: { kind: 'delete', slot: 'service' } },
              { pause: 0, mishap: { kind: 'weight', weight: 1 } },
            ],
          ],
        ],
      },
    );
  });
});

function withoutStatus({ status: _status, ...app }: CanaryApp): CanaryApp {
  return app;
}

function turn(world: TinyWorld): void {
  const planned = world.plan();
  if (world.act(planned) === 0 && planned.measure === undefined)
    world.now += Math.min(planned.requeueAfterMs ?? 1_000, 10_000);
}

function befall(world: TinyWorld, event: typeof mishap extends fc.Arbitrary<infer T> ? T : never): void {
  if (event.kind === 'image') world.edit({ image: event.image });
  if (event.kind === 'port') world.edit({ imageListenPort: event.port });
  if (event.kind === 'restart') world.restart();
  if (event.kind === 'delete') delete world.live[event.slot as 'secondary'];
  if (event.kind === 'lose status') world.app = withoutStatus(world.app);
  if (event.kind === 'cut') world.act(world.plan(), event.steps);
  if (event.kind === 'weight' && world.live.virtualService !== undefined) {
    const { virtualService } = world.live;
    const [primary, secondary] = virtualService.spec.http[0]?.route ?? [];
    if (primary === undefined || secondary === undefined) return;
    const route = [
      { ...primary, weight: 100 - event.weight },
      { ...secondary, weight: event.weight },
    ];
    world.live.virtualService = { ...virtualService, spec: { ...virtualService.spec, http: [{ route }] } };
  }
}
