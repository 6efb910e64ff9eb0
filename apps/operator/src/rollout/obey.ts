import type { RunStage, RunStatus } from '../api/v1/canaryapp.ts';
import { Reason } from '../api/v1/reasons.ts';
import {
  askedBy,
  commandIdOf,
  commandTextOf,
  isPending,
  parseCommand,
  requested,
  verbs,
  type Verb,
} from './command.ts';
import type { Notice } from './decision.ts';
import { bounded } from './conclude.ts';
import { withoutBypass, type Pass } from './pass.ts';
import { timestamp } from './timestamp.ts';

/** Stages in which a revision is judged. */
const judged: readonly RunStage[] = ['Starting', 'Shifting'];

/**
 * Takes up what the user asks for by annotation: pausing and resuming happen here; what changes the course of a run is
 * left to its stage; and what can't be done is refused, once, and said. Whatever was handled is recorded with the rest of
 * the decision, before anything follows from it.
 */
export function obey(pass: Pass): Pass {
  if (!isPending(pass)) return pass;
  const why = refusal(pass);
  if (why !== undefined) {
    const text = commandTextOf(pass.app)?.slice(0, 128) ?? '';
    const message = `${JSON.stringify(text)}${askedBy(pass.app)} was not carried out: ${why}`;
    return handled(pass, { type: 'Warning', reason: Reason.CommandRefused, message });
  }
  if (requested(pass, 'bypass') !== undefined) return bypassing(pass);
  if (requested(pass, 'nobypass') !== undefined) return notBypassing(pass);
  const { run } = pass;
  if (run === undefined || !isJudged(run)) return pass;
  if (requested(pass, 'pause') !== undefined) return paused(pass, run);
  if (requested(pass, 'resume') !== undefined) return resumed(pass, run);
  return pass;
}

/** The pass in which the pending request counts as handled, and is told of. */
function handled(pass: Pass, notice: Notice, run = pass.run): Pass {
  const lastCommand = commandIdOf(pass.app) ?? '';
  const status = { ...pass.status, lastCommand, ...(run === undefined ? {} : { run }) };
  return { ...pass, status, ...(run === undefined ? {} : { run }), told: [...pass.told, notice] };
}

function paused(pass: Pass, run: RunStatus): Pass {
  const message = `the release of ${run.image} keeps its weight, as asked by request ${commandIdOf(pass.app)}${askedBy(pass.app)}, until it is resumed`;
  return handled(pass, { type: 'Normal', reason: Reason.Paused, message }, { ...run, paused: true });
}

function resumed(pass: Pass, { paused: _paused, ...run }: RunStatus): Pass {
  const message = `the release of ${run.image} goes on, as asked by request ${commandIdOf(pass.app)}${askedBy(pass.app)}`;
  return handled(pass, { type: 'Normal', reason: Reason.Resumed, message }, run);
}

function bypassing(pass: Pass): Pass {
  const detail = `bypass, request ${commandIdOf(pass.app)}${askedBy(pass.app)}`;
  const notice = {
    type: 'Normal',
    reason: Reason.BypassRequested,
    message: `the next revision goes to primary at once, without being judged (${detail})`,
  } as const;
  const bypass = { detail: bounded(detail), time: timestamp(pass.now) };
  return handled({ ...pass, status: { ...pass.status, bypass } }, notice);
}

function notBypassing(pass: Pass): Pass {
  const message = `the next revision is judged, as asked by request ${commandIdOf(pass.app)}${askedBy(pass.app)}`;
  return handled(withoutBypass(pass), { type: 'Normal', reason: Reason.BypassWithdrawn, message });
}

/** Why the pending request can't be carried out; undefined when it can be, or may be later. */
function refusal(pass: Pass): string | undefined {
  const command = parseCommand(commandTextOf(pass.app) ?? '');
  if (command === undefined) return `it is not of the form <verb>@<revision|next>#<id>`;
  const verb = verbs.find((known) => known === command.verb);
  if (verb === undefined) return `there is no such verb; there are ${verbs.join(', ')}`;
  if (areForWhatComes.includes(verb) && command.revision !== 'next')
    return `it is about whatever comes next: ${verb}@next#<id>`;
  const { wanted } = pass;
  if (command.revision !== 'next' && command.revision !== wanted.id)
    return `the wanted revision is ${wanted.id} (${wanted.image})`;
  return untimely[verb](pass);
}

/** Verbs about a revision that nobody may know yet. */
const areForWhatComes: readonly Verb[] = ['bypass', 'nobypass'];

type Untimely = (pass: Pass) => string | undefined;

const unlessJudged: Untimely = ({ run }) =>
  isJudged(run) ? undefined : `no release is being judged (${run?.stage ?? 'at rest'})`;
/** Before a run begins, this waits for it. */
const unlessJudgedSoon: Untimely = ({ run }) =>
  run === undefined || run.stage === 'Ending' || isJudged(run)
    ? undefined
    : `${run.image} is not being judged (${run.stage})`;

/** Why a verb makes no sense now. */
const untimely: Readonly<Record<Verb, Untimely>> = {
  promote: unlessJudgedSoon,
  pause: unlessJudgedSoon,
  abort: unlessJudged,
  skip: unlessJudged,
  bypass: () => undefined,
  nobypass: ({ status }) => (status.bypass === undefined ? 'nothing is bypassed' : undefined),
  resume: ({ run }) => (run?.paused === true ? undefined : 'no release is paused'),
  retry: ({ status, wanted }) =>
    status.failedRevisions?.some(({ revision }) => revision === wanted.id) === true
      ? undefined
      : `${wanted.image} has not failed`,
};

function isJudged(run: RunStatus | undefined): boolean {
  return run !== undefined && judged.includes(run.stage);
}
