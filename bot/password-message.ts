import { findCommand } from './commands/find-command.ts';
import { COMMANDS } from './commands/index.ts';
import { type Opened, repliedTo } from './incoming.ts';
import { readMessage } from './message-facts.ts';
import type { Route } from './route.ts';

/** What is known about passwords when a message comes. */
export interface PasswordSurroundings {
  /** Our messages that asked this person for a password in this room: their event ids, and the file's. */
  readonly asks: ReadonlyMap<string, string>;
  /** True while a file of this person waits for its password in this room. */
  readonly isWaiting: boolean;
  /** True for the event ids of messages that held a password. */
  readonly isPassword: (event: string) => boolean;
}

/**
 * - `password`: use it, for the named file or the latest one.
 * - `unclear`: may be a password and may be a question: used as neither, kept nowhere, and the person is told how to say it.
 * - `edited`: an edit of a message that held a password.
 */
export type PasswordMessage =
  | { readonly kind: 'password'; readonly password: string; readonly file: string | undefined }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'edited' };

const SMALL_TALK = /^(?:ok(?:ay)?|thanks?|danke|hallo|hello|hi|hey|yes|no|ja|nein|stop|super)[.!]*$/iu;

/**
 * Tells whether a message that may be used holds a password: `!password …`, or anything in reply to the message that asked
 * for one. While a file waits, a single word, or "password …", is in doubt; everything else is what `route` says.
 */
export function passwordMessage(
  decision: Route,
  opened: Opened,
  around: PasswordSurroundings,
): PasswordMessage | undefined {
  const file = around.asks.get(repliedTo(opened) ?? '');
  if (decision.kind === 'command' && findCommand(COMMANDS, decision.name, '')?.command.name === 'password')
    return { kind: 'password', password: decision.args, file };
  if (decision.kind === 'edit-of-question') return around.isPassword(decision.target) ? { kind: 'edited' } : undefined;
  if (decision.kind !== 'question' && decision.kind !== 'unknown-command') return undefined;
  const { text } = readMessage(opened.content);
  const isAsking = /[?？؟]$/.test(text) && /\s/.test(text);
  if (file !== undefined) return isAsking ? { kind: 'unclear' } : { kind: 'password', password: text, file };
  if (!around.isWaiting || isAsking || decision.kind === 'unknown-command') return undefined;
  const isDoubtful =
    /^(?:pass(?:word|wort)?|kennwort|pw)\b/iu.test(text) || (/^\S+$/.test(text) && !SMALL_TALK.test(text));
  return isDoubtful ? { kind: 'unclear' } : undefined;
}
