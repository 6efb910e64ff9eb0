/** A write that changed something: which object, which of its fields, and its version afterwards. */
export interface PassWrite {
  /** `configmaps demo/web`. */
  readonly object: string;
  readonly verb: 'create' | 'apply' | 'patch' | 'update status' | 'scale' | 'delete';
  /** Paths of leaves, `.status.seenAt`; none for an object that was made or deleted. */
  readonly fields: readonly string[];
  /** `absent` after a deletion. */
  readonly version: string;
}

/** One successful reconcile of a key: what it saw, and what it did. */
export interface Pass {
  /** The version of each object as it was first read, `absent` where there was none. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly writes: readonly PassWrite[];
  /** Something that has no version may have changed: it was woken by the time that it had asked for, or from outside. */
  readonly isWoken: boolean;
}

/** What is remembered of a key between two passes. */
export interface PassHistory {
  readonly last: Pass;
  /** How many passes in a row wrote the same field, while nothing but their own writes changed. */
  readonly streaks: ReadonlyMap<string, number>;
}

/** A write that no change explains. */
export interface RepeatedWrite extends PassWrite {
  /** Passes in a row. */
  readonly times: number;
}

/** Taking three steps to a goal, one a pass, is no loop yet; writing one field three times is. */
const loopLength = 3;

/**
 * Looks at one more pass of a key. A pass that saw exactly what the last one saw has nothing to write; one that saw
 * nothing else than its own writes may take a next step, but not write the same field again and again.
 */
export function judgePass(
  history: PassHistory | undefined,
  pass: Pass,
): { readonly history: PassHistory; readonly repeated: readonly RepeatedWrite[] } {
  const isOwnDoing = history !== undefined && !pass.isWoken && isExplained(history.last, pass);
  const before = isOwnDoing ? history.streaks : new Map<string, number>();
  const streaks = new Map(
    pass.writes.flatMap((write) => fieldsOf(write).map((field) => [field, (before.get(field) ?? 0) + 1] as const)),
  );
  const hasSeenTheSame = isOwnDoing && isSame(history.last.inputs, pass.inputs);
  const repeated = pass.writes
    .map((write) => ({ ...write, times: Math.max(...fieldsOf(write).map((field) => streaks.get(field) ?? 0)) }))
    .filter(({ times }) => hasSeenTheSame || times >= loopLength);
  return { history: { last: pass, streaks }, repeated };
}

function fieldsOf({ object, verb, fields }: PassWrite): readonly string[] {
  return fields.length === 0 ? [`${verb} ${object}`] : fields.map((field) => `${object} ${field}`);
}

/** Whether every difference between what two passes saw is what the first of them wrote. */
function isExplained(last: Pass, pass: Pass): boolean {
  const written = new Map(last.writes.map(({ object, version }) => [object, version]));
  const known = (object: string): string | undefined => written.get(object) ?? last.inputs.get(object);
  for (const [object, version] of pass.inputs) if (known(object) !== version) return false;
  for (const [object] of last.inputs) if (!pass.inputs.has(object) && known(object) !== 'absent') return false;
  return true;
}

function isSame(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  return left.size === right.size && [...left].every(([object, version]) => right.get(object) === version);
}
