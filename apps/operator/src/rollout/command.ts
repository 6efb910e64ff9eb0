import { lastManagerOf } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryAppStatus } from '../api/v1/canaryapp.ts';
import { commandAnnotation } from '../api/v1/names.ts';
import { keptCommands } from '../api/v1/status.ts';
import type { Pass } from './pass.ts';

/** What a user may ask for by annotation. */
export const verbs = ['promote', 'abort', 'retry', 'skip', 'pause', 'resume', 'bypass', 'nobypass'] as const;
export type Verb = (typeof verbs)[number];

/** A request, as it was written. */
export interface Command {
  readonly verb: string;
  /** The id of a revision, or `next`: the one of the run under way, or of the one that begins next. */
  readonly revision: string;
  readonly id: string;
}

const form = /^(?<verb>[a-z]+)@(?<revision>[A-Za-z0-9-]+)#(?<id>[A-Za-z0-9._-]{1,64})$/;
const maxIdLength = 64;

/** A request `<verb>@<revision|next>#<id>`; undefined when the annotation is not of that form. */
export function parseCommand(text: string): Command | undefined {
  const { verb, revision, id } = form.exec(text)?.groups ?? {};
  return verb === undefined || revision === undefined || id === undefined ? undefined : { verb, revision, id };
}

/** What the annotation of `app` says. */
export function commandTextOf(app: CanaryApp): string | undefined {
  return app.metadata.annotations?.[commandAnnotation];
}

/** What a request is known by once it was handled; one that is no request, by its text. */
export function commandIdOf(app: CanaryApp): string | undefined {
  const text = commandTextOf(app);
  return text === undefined ? undefined : (parseCommand(text)?.id ?? text.slice(0, maxIdLength));
}

/** Whether the annotation of `app` asks for something that was not handled yet. */
export function isPending({ app, status }: Pick<Pass, 'app' | 'status'>): boolean {
  const id = commandIdOf(app);
  return id !== undefined && !handledIds(status).includes(id);
}

/** Ids that status knows as handled, the newest first. Git tools may bring an older annotation back. */
function handledIds({ lastCommand, earlierCommands = [] }: Partial<CanaryAppStatus>): readonly string[] {
  return lastCommand === undefined ? earlierCommands : [lastCommand, ...earlierCommands];
}

/** What a status that builds on `before` keeps of earlier requests. */
export function withEarlierCommands(status: CanaryAppStatus, before: Partial<CanaryAppStatus>): CanaryAppStatus {
  if (before.lastCommand === undefined || status.lastCommand === before.lastCommand) return status;
  return { ...status, earlierCommands: handledIds(before).slice(0, keptCommands) };
}

/**
 * The id of a request for `verb` that is meant for the wanted revision and was not handled before.
 * The annotation itself is never removed: git tools would put it back.
 */
export function requested(pass: Pass, verb: Verb): string | undefined {
  const command = isPending(pass) ? parseCommand(commandTextOf(pass.app) ?? '') : undefined;
  if (command?.verb !== verb) return undefined;
  const isMeant = command.revision === 'next' || command.revision === pass.wanted.id;
  return isMeant ? command.id : undefined;
}

/** Whose managers tell who asked for something. */
export const commandField = ['metadata', 'annotations', commandAnnotation] as const;

/**
 * Who wrote the annotation of `app`, for messages: a field manager, and when that one changed something last. Whoever
 * writes chooses its name, so it is a hint and no proof.
 */
export function askedBy(app: CanaryApp): string {
  const manager = lastManagerOf(app, commandField);
  if (manager === undefined) return '';
  const { name, time } = manager;
  return ` (field manager ${name}${time === undefined ? '' : ` at ${time}`}, unverified)`;
}

/** How a user asks for `verb`, for messages: with an id that was not handled before. */
export function howToAsk({ app, status, wanted }: Pass, verb: Verb): string {
  const numbers = handledIds(status).map(Number).filter(Number.isSafeInteger);
  const id = Math.max(0, ...numbers) + 1;
  return `kubectl annotate canaryapp ${app.metadata.name} --overwrite ${commandAnnotation}=${verb}@${wanted.id}#${id}`;
}
