import { findCommand } from './commands/find-command.ts';
import { COMMANDS } from './commands/index.ts';
import type { Opened } from './incoming.ts';
import { readMessage } from './message-facts.ts';
import type { Route } from './route.ts';

/** What is known about passwords when a message comes. */
export interface PasswordSurroundings {
  /** The locked file that the message replies to: to the file itself, or to our words about its password. */
  readonly file: string | undefined;
  /** True while a file of this person waits for its password in this room. */
  readonly isWaiting: boolean;
  /** True while a file of this person is being read, which may turn out to be locked. */
  readonly isReading: boolean;
  /** True for the event ids of messages that held a password. */
  readonly isPassword: (event: string) => boolean;
}

/**
 * - `password`: use it, for the named file or the latest one.
 * - `unclear`: may be a password and may be a question: used as neither, kept nowhere, and the person is told how to say it.
 * - `held`: may be the password of a file that is being read: to be looked at again when it is known whether that is locked.
 * - `edited`: an edit of a message that held a password.
 */
export type PasswordMessage =
  | { readonly kind: 'password'; readonly password: string; readonly file: string | undefined }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'held' }
  | { readonly kind: 'edited' };

const NAMED = /^(?:(?:the|das|dein|my|mein)\s+)?(?:pass(?:word|wort|code|phrase)?|kennwort|pw|pin|code)\b/iu;
/** Questions that people send without their mark. */
const QUESTION =
  /^(?:who|whose|what|when|where|which|why|how|is|are|do|does|did|can|wer|wessen|was|wann|wo|woher|wohin|welche[rsnm]?|warum|wie|wieviel|ist|sind|hat|haben|kann)\s+\S+\s+\S/iu;
const SMALL_TALK = /^(?:ok(?:ay)?|thanks?|danke|hallo|hello|hi|hey|yes|no|ja|nein|stop|super)[.!]*$/iu;

/** What a message may look like that is nothing but a password. */
const MAY_BE_ONE: ReadonlySet<Route['kind']> = new Set(['question', 'unknown-command', 'plain-request']);

/**
 * Tells whether a message that may be used holds a password: `!password …`, or anything in reply to the message that asked
 * for one, or to the locked file. While a file waits or is read, whatever is not plainly a question is in doubt; everything
 * else is what `route` says.
 */
export function passwordMessage(
  decision: Route,
  opened: Opened,
  around: PasswordSurroundings,
): PasswordMessage | undefined {
  const { file } = around;
  if (decision.kind === 'command' && findCommand(COMMANDS, decision.name, '')?.command.name === 'password')
    return { kind: 'password', password: decision.args, file };
  if (decision.kind === 'edit-of-question') return around.isPassword(decision.target) ? { kind: 'edited' } : undefined;
  if (!MAY_BE_ONE.has(decision.kind)) return undefined;
  const { text } = readMessage(opened.content);
  const isAsking = /[?？؟]$/.test(text) && /\s/.test(text);
  if (file !== undefined) return isAsking ? { kind: 'unclear' } : { kind: 'password', password: text, file };
  if (isAsking) return undefined;
  if (around.isReading && NAMED.test(text)) return { kind: 'unclear' };
  if (SMALL_TALK.test(text) || isPlain(decision)) return undefined;
  // A mistyped command is answered with its name, which may be the password.
  if (decision.kind === 'question' && QUESTION.test(text)) return undefined;
  if (around.isWaiting) return { kind: 'unclear' };
  return around.isReading ? { kind: 'held' } : undefined;
}

/** Asked of the bot itself; signs alone may be a password. */
function isPlain(decision: Route): boolean {
  return decision.kind === 'plain-request' && decision.request.what !== 'hint';
}
