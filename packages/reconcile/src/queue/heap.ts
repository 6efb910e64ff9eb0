/** What can be in a heap. Where it is there is written to it: a map of all positions would cost more than the order. */
export interface HeapElement {
  /** The heap's own: its place, or -1. */
  position: number;
}

/**
 * A binary heap that knows where each element is, so one in the middle can be moved or removed in O(log n).
 * An element may be in one heap, once.
 */
export class Heap<T extends HeapElement> {
  readonly #isBefore: (a: T, b: T) => boolean;
  readonly #elements: T[] = [];

  /** @param isBefore a strict order; the heap's first element is the one that is before all others. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#elements.length;
  }

  /** The first element, left in place. */
  peek(): T | undefined {
    return this.#elements[0];
  }

  push(element: T): void {
    this.#place(element, this.#elements.length);
    this.#up(this.#elements.length - 1);
  }

  /** Takes the first element out. */
  pop(): T | undefined {
    const first = this.#elements[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Restores the order after what `element` is ordered by has changed. */
  update(element: T): void {
    if (element.position === -1) return;
    this.#up(element.position);
    this.#down(element.position);
  }

  remove(element: T): void {
    const { position } = element;
    if (position === -1) return;
    element.position = -1;
    const last = this.#elements.pop();
    if (last === undefined || last === element) return;
    this.#place(last, position);
    this.update(last);
  }

  clear(): void {
    for (const element of this.#elements) element.position = -1;
    this.#elements.length = 0;
  }

  #place(element: T, position: number): void {
    this.#elements[position] = element;
    element.position = position;
  }

  #up(start: number): void {
    const element = this.#elements[start];
    if (element === undefined) return;
    let position = start;
    while (position > 0) {
      const parentPosition = (position - 1) >> 1;
      const parent = this.#elements[parentPosition];
      if (parent === undefined || !this.#isBefore(element, parent)) break;
      this.#place(parent, position);
      position = parentPosition;
    }
    this.#place(element, position);
  }

  #down(start: number): void {
    const element = this.#elements[start];
    if (element === undefined) return;
    let position = start;
    for (;;) {
      const childPosition = this.#firstChild(position);
      const child = this.#elements[childPosition];
      if (child === undefined || !this.#isBefore(child, element)) break;
      this.#place(child, position);
      position = childPosition;
    }
    this.#place(element, position);
  }

  #firstChild(position: number): number {
    const left = this.#elements[2 * position + 1];
    const right = this.#elements[2 * position + 2];
    const isRightFirst = left !== undefined && right !== undefined && this.#isBefore(right, left);
    return 2 * position + (isRightFirst ? 2 : 1);
  }
}
