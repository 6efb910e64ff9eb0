import { describe, expect, it } from 'vitest';

import { begin, event, list, names, widget, widgets, world } from '../../test/widget-world.ts';

describe('an informer of a server that was restored from a backup', () => {
  it('takes a restored server as it is after five minutes, and tells what differs although versions repeat', async () => {
    const before = [widget('changed', 99, { size: 2 }), widget('same', 98), widget('lost', 100)];
    const restored = [widget('changed', 99, { size: 7 }), widget('same', 98), widget('new', 20)];
    const tooLarge = { kind: 'Status', code: 504, reason: 'Timeout', message: 'Too large resource version' };
    const w = world({
      list: (request, count) => {
        if (count === 0) return list(500, before);
        if (request.query['resourceVersion'] === undefined) return list(99, restored);
        return { status: 504, json: { ...tooLarge, details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } } };
      },
    });
    await begin(w);
    w.cache.observe({ type: 'written', kind: widgets, object: widget('ours', 501) });
    w.changes.length = 0;
    w.streams[0]?.send(event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
    await w.time.advance(290_000);
    expect(names(w.informer)).toEqual(['changed', 'lost', 'ours', 'same']);
    expect(w.informer.problem?.reason).toBe('Stale');
    await w.time.advance(60_000);
    expect(names(w.informer)).toEqual(['changed', 'new', 'same']);
    expect(w.informer.lister.get({ namespace: 'ns', name: 'changed' })?.size).toBe(7);
    expect(w.informer.problem).toBeUndefined();
    expect(
      w.changes.map(
        (change) => `${change.type} ${(change.type === 'deleted' ? change.previous : change.object).metadata.name}`,
      ),
    ).toEqual(['deleted lost', 'updated changed', 'added new']);
    w.streams.at(-1)?.send(event('MODIFIED', widget('new', 100)));
    await w.time.settle();
    expect(w.informer.lister.get({ namespace: 'ns', name: 'new' })?.metadata.resourceVersion).toBe('100');
  });

  it('notices it although its watch is open and nothing ever comes', async () => {
    const w = world({
      list: (_, count) => (count === 0 ? list(500, [widget('lost', 400)]) : list(99, [widget('restored', 98)])),
    });
    await begin(w);
    await w.time.advance(160_000);
    expect(w.informer.problem?.reason).toBe('Stale');
    expect(names(w.informer)).toEqual(['lost']);
    await w.time.advance(340_000);
    expect(names(w.informer)).toEqual(['restored']);
    expect(w.watches().at(-1)?.query['resourceVersion']).toBe('99');
    expect(w.informer.problem).toBeUndefined();
  });
});
