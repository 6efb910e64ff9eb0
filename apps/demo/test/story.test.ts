import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { linesOf, resultLines } from '../src/view/story-lines.ts';
import { noColours } from '../src/view/style.ts';
import { tellVirtualStory } from './virtual-story.ts';

describe('the story of the demo', () => {
  it('promotes v2, rolls v3 back, loses no request, and fits on a small terminal', async () => {
    const { events, result } = await tellVirtualStory({});
    expect(result).toEqual({
      result: 'ok',
      v2: { weights: [10, 20, 30, 40, 50], promoted: true, seconds: expect.any(Number) },
      v3: {
        rolledBack: true,
        lastFailedTag: 'atzedevries/go-status-code-server:v3',
        seconds: expect.any(Number),
      },
      requests: { sent: expect.any(Number), failedByRollout: 0 },
    });
    expect(result.requests.sent).toBeGreaterThan(2500);
    expect(result.v2.seconds).toBeLessThan(30);
    expect(result.v3.seconds).toBeLessThan(20);
    const lines = [
      ...events
        .filter(({ event }) => !['measuring', 'promoting', 'errors', 'draining'].includes(event))
        .flatMap((event) => linesOf(event, noColours)),
      ...resultLines(result, 59.9, noColours),
    ];
    // The first three lines, of the cluster and the sample, come before the story.
    expect(lines.length + 3).toBeLessThanOrEqual(21);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('holds with the query that docs/operating.md recommends for real Istio', async () => {
    const docs = await readFile(join(import.meta.dirname, '../../../docs/operating.md'), 'utf8');
    const query = /```promql\n(?<query>[^`]+)```/.exec(docs)?.groups?.['query'] ?? '';
    const { result } = await tellVirtualStory({
      edit: (sample) => ({
        ...sample,
        spec: {
          ...sample.spec,
          prometheusQuery: query.replaceAll('NAMESPACE', 'default').replaceAll('NAME', sample.metadata.name),
        },
      }),
    });
    expect(query).toContain('NAME-secondary');
    expect(result).toMatchObject({ result: 'ok' });
  });

  it('does not hold when v2 breaks, and says what went wrong', async () => {
    const { result } = await tellVirtualStory({
      edit: (sample) => ({ ...sample, spec: { ...sample.spec, image: 'web:v1-ok', progressDeadlineSeconds: 5 } }),
      images: [{ match: /^web:v2/, behaviour: { isNeverReady: true, program: () => new Promise(() => undefined) } }],
    });
    expect(result).toMatchObject({ result: 'failed', v2: { weights: [], promoted: false } });
    expect(result.why).toContain('v2 promoted: not within 60 s');
  });

  it('ends where it is when it is aborted', async () => {
    const aborting = new AbortController();
    const story = tellVirtualStory({
      signal: aborting.signal,
      onEvent: ({ event }) => {
        if (event === 'step') aborting.abort(new Error('enough'));
      },
    });
    await expect(story).rejects.toThrow('enough');
  });
});
