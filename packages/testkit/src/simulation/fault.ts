/** What each fault is called in a plan, where it strikes, and what its amount means. */
const kinds = {
  'die-before': { site: 'request', says: 'the operator dies before request # is sent' },
  'die-after': { site: 'request', says: 'the operator dies when request # was applied, before its answer' },
  unsent: { site: 'request', says: 'the connection breaks before request # arrives' },
  unanswered: { site: 'request', says: 'request # is applied, and the connection breaks before its answer' },
  late: { site: 'request', unit: 'ms', says: 'request # takes $ to arrive' },
  slow: { site: 'request', unit: 'ms', says: 'the answer of request # takes $' },
  conflict: { site: 'request', says: 'somebody else changes an annotation of the object just before request #' },
  throttled: { site: 'request', unit: 's', says: 'request # is refused with 429 and Retry-After $' },
  refused: { site: 'request', unit: '', says: 'request # is refused with status $' },
  away: { site: 'request', unit: 's', says: 'from request # on the API server is away for $' },
  pause: { site: 'request', unit: 's', says: 'the process of request # stands still for $ before it reads the answer' },
  lag: { site: 'event', unit: 'ms', says: 'a watch lags by $ from event # on' },
  break: { site: 'event', says: 'the connection of a watch breaks before event #' },
  cut: { site: 'event', says: 'the connection of a watch breaks in the middle of event #' },
  repeat: { site: 'event', says: 'event # of the watches comes twice' },
  silent: { site: 'event', says: 'a watch brings nothing more from event # on, and stays open' },
  expire: { site: 'event', says: 'a watch ends before event #, and its history is gone (410)' },
} as const satisfies Record<string, { site: 'request' | 'event'; unit?: string; says: string }>;

/** What can go wrong. */
export type FaultKind = keyof typeof kinds;

/** One thing that goes wrong, once: plain data, so that plans can be drawn, shrunk, printed and replayed. */
export interface Fault {
  readonly kind: FaultKind;
  /** The number of the request, or of the watch event, that it happens at; the first is 1. */
  readonly at: number;
  /** How long, or which status: see the text of each kind. */
  readonly amount?: number;
}

/** All that goes wrong in one run. */
export type Plan = readonly Fault[];

/** Whether a fault strikes at a request or at an event of a watch. */
export function siteOf({ kind }: Fault): 'request' | 'event' {
  return kinds[kind].site;
}

/** A fault in words. */
export function describeFault({ kind, at, amount }: Fault): string {
  const { says, unit }: { says: string; unit?: string } = kinds[kind];
  const quantity = amount === undefined ? '' : `${amount} ${unit ?? ''}`.trim();
  return says.replace('#', String(at)).replace('$', quantity);
}

/** A run in one line, to be given to `replay`: `17:die-after@2,lag@5/3000`. */
export function replayLine(seed: number, plan: Plan): string {
  const faults = plan.map(({ kind, at, amount }) => `${kind}@${at}${amount === undefined ? '' : `/${amount}`}`);
  return `${seed}:${faults.join(',')}`;
}

/** Reads what `replayLine` wrote. Throws and says what is wrong. */
export function parseReplayLine(line: string): { readonly seed: number; readonly plan: Plan } {
  const [, seed, faults] = /^(\d+):(.*)$/u.exec(line) ?? [];
  if (seed === undefined || faults === undefined)
    throw new Error(`${JSON.stringify(line)} is no replay line: it looks like 17:die-after@2,lag@5/3000`);
  return { seed: Number(seed), plan: faults === '' ? [] : faults.split(',').map(parseFault) };
}

function parseFault(text: string): Fault {
  const [, kind = '', at, amount] = /^([a-z-]+)@(\d+)(?:\/(\d+))?$/u.exec(text) ?? [];
  if (!isFaultKind(kind))
    throw new Error(`${JSON.stringify(text)} is no fault; there are ${Object.keys(kinds).join(', ')}`);
  const needsAmount = 'unit' in kinds[kind];
  if (needsAmount !== (amount !== undefined))
    throw new Error(`the fault ${JSON.stringify(text)} ${needsAmount ? 'needs an amount' : 'has no amount'}`);
  return { kind, at: Number(at), ...(amount === undefined ? {} : { amount: Number(amount) }) };
}

function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(kinds, text);
}
