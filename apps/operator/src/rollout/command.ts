import type { CanaryApp } from '../api/v1/canaryapp.ts';
import { commandAnnotation } from '../api/v1/names.ts';
import type { Pass } from './pass.ts';

/** Verbs that a user may ask for by annotation. */
export type Verb = 'promote' | 'retry';

const form = /^(?<verb>[a-z]+)@(?<revision>[A-Za-z0-9-]+)#(?<id>[A-Za-z0-9._-]{1,64})$/;

/** A request `<verb>@<revision|next>#<id>`; undefined when the annotation is not of that form. */
export function parseCommand(text: string): { verb: string; revision: string; id: string } | undefined {
  const { verb, revision, id } = form.exec(text)?.groups ?? {};
  return verb === undefined || revision === undefined || id === undefined ? undefined : { verb, revision, id };
}

/** What the annotation of `app` asks for, handled or not. */
export function commandOf(app: CanaryApp): ReturnType<typeof parseCommand> {
  const text = app.metadata.annotations?.[commandAnnotation];
  return text === undefined ? undefined : parseCommand(text);
}

/**
 * The id of a request for `verb` that is meant for the wanted revision and was not handled before.
 * The annotation itself is never removed: git tools would put it back.
 */
export function requested(pass: Pass, verb: Verb): string | undefined {
  const command = commandOf(pass.app);
  if (command === undefined || command.verb !== verb || command.id === pass.status.lastCommand) return undefined;
  const meant = command.revision === 'next' || command.revision === pass.wanted.id;
  return meant ? command.id : undefined;
}

/** How a user asks for `verb`, for messages: with an id that was not handled before. */
export function howToAsk({ app, status, wanted }: Pass, verb: Verb): string {
  const last = Number(status.lastCommand);
  const id = Number.isSafeInteger(last) ? last + 1 : 1;
  return `kubectl annotate canaryapp ${app.metadata.name} --overwrite ${commandAnnotation}=${verb}@${wanted.id}#${id}`;
}
