import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Heap, type HeapElement } from './heap.ts';

interface Item extends HeapElement {
  value: number;
}

describe('a heap', () => {
  it('gives back what is in it in order, after any pushes, removals and changes', () => {
    const operation = fc.record({
      kind: fc.constantFrom('push', 'remove', 'change'),
      index: fc.nat(30),
      value: fc.integer({ min: -50, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const heap = new Heap<Item>((a, b) => a.value < b.value);
        const inside: Item[] = [];
        for (const { kind, index, value } of operations) {
          const item = inside[index % Math.max(inside.length, 1)];
          if (kind === 'push' || item === undefined) {
            const added = { value, position: -1 };
            inside.push(added);
            heap.push(added);
          } else if (kind === 'remove') {
            heap.remove(item);
            inside.splice(inside.indexOf(item), 1);
          } else {
            item.value = value;
            heap.update(item);
          }
        }
        const out: number[] = [];
        for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item.value);
        expect(out).toEqual(inside.map((item) => item.value).sort((a, b) => a - b));
      }),
    );
  });

  it('compares O(n log n) times', () => {
    let comparisons = 0;
    const heap = new Heap<Item>((a, b) => {
      comparisons += 1;
      return a.value < b.value;
    });
    const count = 20_000;
    for (let i = 0; i < count; i += 1) heap.push({ value: (i * 7919) % count, position: -1 });
    while (heap.size > 0) heap.pop();
    expect(comparisons).toBeLessThan(4 * count * Math.log2(count));
  });
});
