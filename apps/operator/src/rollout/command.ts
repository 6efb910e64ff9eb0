import { keyText, keyOf } from '@canaryop/reconcile/object';

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

/**
 * The id of a request for `verb` that is meant for the wanted revision and was not handled before.
 * The annotation itself is never removed: git tools would put it back.
 */
export function requested(pass: Pass, verb: Verb): string | undefined {
  const text = pass.app.metadata.annotations?.[commandAnnotation];
  const command = text === undefined ? undefined : parseCommand(text);
  if (command === undefined || command.verb !== verb || command.id === pass.status.lastCommand) return undefined;
  const meant = command.revision === 'next' || command.revision === pass.wanted.id;
  return meant ? command.id : undefined;
}

/** How a user asks for `verb`, for messages. */
export function howToAsk(pass: Pass, verb: Verb): string {
  return `kubectl annotate canaryapp ${keyText(keyOf(pass.app)).split('/').at(-1) ?? ''} --overwrite ${commandAnnotation}=${verb}@${pass.wanted.id}#1`;
}
