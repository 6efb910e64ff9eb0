import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { ConfigMap, createOrUpdate, controller } from '@canaryop/reconcile';
import { crashAnywhere, everyDeath, simulate, SimulationFailure } from '@canaryop/testkit/simulation';

import { greeter, Greeting } from '../../../reconcile/test/first-operator.ts';
import { fakeOperator } from './fake-operator.ts';

const key = { namespace: 'default', name: 'hi' };
const greeting = Greeting.withDefaults({ apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: key, spec: {} });
const simulation = simulate(greeter).given(Greeting.crd(), greeting);

describe('a simulation of the first operator', () => {
  it('is what docs/testing-your-operator.md shows', async () => {
    const [page, source] = await Promise.all(
      ['../../../../docs/testing-your-operator.md', './greeter.test.ts'].map((path) =>
        readFile(new URL(path, import.meta.url), 'utf8'),
      ),
    );
    expect(page).toContain(source?.replace('../../../reconcile/test/first-operator.ts', './greeter.ts'));
  });

  it('tries each death once, where there are no seeds', async () => {
    const report = await simulation.faults(everyDeath()).seeds(0).converges();
    expect(report.faults).toEqual({ 'die-before': 2, 'die-after': 2 });
  });

  it('is the same, request by request and at the same times, for the same seed and plan', async () => {
    const plan = 'die-after@1,lag@2/5000,throttled@3/5,conflict@4';
    const hashOf = async (line: string): Promise<string> => (await simulation.replay(line).converges()).traceHash;
    const first = await hashOf(`7:${plan}`);
    expect(await hashOf(`7:${plan}`)).toBe(first);
    expect(await hashOf(`8:${plan}`)).not.toBe(first);
    expect(await hashOf('7:')).not.toBe(first);
  });

  it('has nothing go wrong once it has come to rest', async () => {
    // Three events come to the first process, two more to the one that is started at the end.
    expect((await simulation.replay('1:cut@3').converges()).faults).toEqual({ cut: 1 });
    expect((await simulation.replay('1:cut@5').converges()).faults).toEqual({});
  });

  it('goes on after ten minutes without an API server', async () => {
    const report = await simulation.replay('1:away@2/600').converges();
    expect(report.faults).toEqual({ away: 1 });
    expect(report.virtualMs).toBeGreaterThan(600_000);
  });
});

async function messageOf(running: Promise<unknown>): Promise<string> {
  const failure: unknown = await running.catch((error: unknown) => error);
  if (failure instanceof SimulationFailure) return failure.message;
  throw new Error('it found nothing');
}

describe('a simulation that fails', () => {
  it('says what is expected of the end and does not hold', async () => {
    const running = simulation
      .expect(({ get }) => {
        if (get(ConfigMap, key)?.data?.['text'] !== 'ho') throw new Error('it does not say ho');
      })
      .converges();
    expect(await messageOf(running)).toMatch(/^what is expected of the end does not hold\n {2}it does not say ho\n/u);
  });

  it('says which invariant does not hold, and after which requests', async () => {
    const running = simulation
      .invariant('nobody greets', ({ list }) => {
        if (list(ConfigMap).length > 0) throw new Error('somebody does');
      })
      .converges();
    const message = await messageOf(running);
    expect(message).toContain('the invariant "nobody greets" does not hold\n  somebody does');
    expect(message).toContain('#1  POST /api/v1/namespaces/default/configmaps');
  });

  it('says that the story could not be told', async () => {
    const running = simulation
      .when(() => {
        throw new Error('nobody came');
      })
      .converges();
    expect(await messageOf(running)).toContain('the story could not be told\n  nobody came');
  });

  it('says that runs differ when chance comes from elsewhere', async () => {
    const seen = new Map<object, string>();
    const chancy = simulate(({ server }) => {
      const text = seen.get(server) ?? `run ${seen.size}`;
      seen.set(server, text);
      return controller('chancy')
        .for(ConfigMap)
        .may({ resource: ConfigMap, verbs: ['create', 'patch'] })
        .reconcile(async ({ name }, context) => {
          if (name !== 'cause') return;
          const metadata = { namespace: 'default', name: 'effect' };
          await createOrUpdate(context, ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text } });
        });
    });
    const cause = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'cause' } };
    expect(await messageOf(chancy.given(cause).converges())).toContain('two runs with the same seed differ');
  });

  it('names a kind that is not served', async () => {
    await expect(simulate(greeter).given(greeting).converges()).rejects.toThrow(
      'given: Greeting hi: demo.io/v1 Greeting is not served; give its CRD too',
    );
  });
});

describe('a simulation of a whole operator', () => {
  it('starts it anew for each process, and when it ends by itself', async () => {
    const starts: string[] = [];
    const report = await simulate((parts) => fakeOperator(parts, starts))
      .faults(crashAnywhere)
      .seeds(1)
      .converges();
    expect(report.runs).toBe(3);
    expect(starts.slice(0, 3)).toEqual(['operator-1', 'operator-2', 'operator-3']);
  });
});
