/** Remembers the shape of what this process last sent for an object, by uid. */
export interface SentShapes {
  get(uid: string | undefined): number | undefined;
  set(uid: string | undefined, shape: number): void;
  forget(uid: string | undefined): void;
}

/** A shape that falls out is only unknown again: the next decision about that object is made as after a restart. */
const maxRemembered = 50_000;

/** An empty memory of at most 50,000 objects; the longest untouched goes first. */
export function sentShapes(): SentShapes {
  const shapes = new Map<string, number>();
  return {
    get: (uid) => (uid === undefined ? undefined : shapes.get(uid)),
    set(uid, shape) {
      if (uid === undefined) return;
      shapes.delete(uid);
      shapes.set(uid, shape);
      const oldest = shapes.size > maxRemembered ? shapes.keys().next().value : undefined;
      if (oldest !== undefined) shapes.delete(oldest);
    },
    forget(uid) {
      if (uid !== undefined) shapes.delete(uid);
    },
  };
}
