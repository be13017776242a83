import { findCommand } from './commands/find-command.ts';
import { COMMANDS } from './commands/index.ts';
import { firstWord } from './commands/parse-arguments.ts';
import { isFileMessage, type MessageFacts } from './message-facts.ts';
import { type PlainRequest, plainRequest } from './plain-request.ts';

/** Why a message is left alone, without a word. */
export type IgnoreReason =
  | 'not-addressed'
  | 'own'
  | 'stranger'
  | 'old'
  | 'notice'
  | 'not-a-message'
  | 'edited-file'
  | 'empty';

/**
 * Why a message is not used, which its sender is told. Each has its wording (`REFUSAL_TEXTS`). `not-direct`,
 * `identity-changed` and `ops-no-questions` are told once per room, the others every time.
 */
export type RefusalReason =
  | 'not-direct'
  | 'room-changed'
  | 'not-encrypted'
  | 'plain-event'
  | 'unsigned'
  | 'mismatch'
  | 'identity-changed'
  | 'unsupported'
  | 'edited-command'
  | 'ops-no-questions'
  | 'ops-no-files';

/** The catalogue's entry for each refusal. */
export const REFUSAL_TEXTS = {
  'not-direct': 'room.not-direct',
  'room-changed': 'room.changed',
  'not-encrypted': 'room.not-encrypted',
  'plain-event': 'message.plain',
  unsigned: 'sender.unsigned',
  mismatch: 'sender.mismatch',
  'identity-changed': 'sender.identity-changed',
  unsupported: 'message.unsupported',
  'edited-command': 'message.edited-command',
  'ops-no-questions': 'ops.no-questions',
  'ops-no-files': 'ops.no-files',
} as const satisfies Record<RefusalReason, string>;

/** What to do with a message. The texts inside are people's words: they are never logged. */
export type Route =
  | { readonly kind: 'ignore'; readonly why: IgnoreReason }
  | { readonly kind: 'refuse'; readonly why: RefusalReason }
  | { readonly kind: 'verification' }
  | { readonly kind: 'redaction'; readonly target: string }
  /** Somebody reacted with a thumbs-down to a message. */
  | { readonly kind: 'thumbs-down'; readonly target: string }
  /** Somebody reacted with a thumbs-up in the ops room. */
  | { readonly kind: 'thumbs-up'; readonly target: string }
  /** `name` as typed in lower case, `args` the text after it; both go to `runCommand`. */
  | { readonly kind: 'command'; readonly name: string; readonly args: string }
  /** Shaped like a command, but there is none of that name; `runCommand` answers with the nearest one. */
  | { readonly kind: 'unknown-command'; readonly name: string }
  /** Something asked of the bot itself, in plain words. */
  | { readonly kind: 'plain-request'; readonly request: PlainRequest }
  /** `quiet`: people in a room may have asked each other; answered only when there is something to say. */
  | { readonly kind: 'question'; readonly text: string; readonly quiet?: true }
  | { readonly kind: 'edit-of-question'; readonly target: string; readonly text: string }
  | { readonly kind: 'file'; readonly caption: string };

/**
 * Decides what a message is, from facts alone. The order of the checks is the policy: who sent it comes before what it
 * is, and nothing that came in the clear or from an unsigned device is looked at further. Deleting is always heard,
 * because it only ever removes.
 */
export function route(facts: MessageFacts): Route {
  const { type, message, sender, room } = facts;
  if (sender === 'self') return { kind: 'ignore', why: 'own' };
  if (sender === 'stranger') return { kind: 'ignore', why: 'stranger' };
  if (facts.old) return { kind: 'ignore', why: 'old' };
  if (type === 'm.room.redaction') {
    return message.target === null
      ? { kind: 'ignore', why: 'not-a-message' }
      : { kind: 'redaction', target: message.target };
  }
  if (type === 'm.reaction') return reactionRoute(facts);
  if (isVerification(facts)) return { kind: 'verification' };
  if (type === 'm.sticker' && room.kind === 'family') return { kind: 'ignore', why: 'not-addressed' };
  if (type === 'm.sticker') return admitted(facts) ?? { kind: 'refuse', why: 'unsupported' };
  if (type !== 'm.room.message') return { kind: 'ignore', why: 'not-a-message' };
  // A message that was deleted before it reached us has no content left.
  if (message.msgtype === '') return { kind: 'ignore', why: 'empty' };
  if (message.msgtype === 'm.notice') return { kind: 'ignore', why: 'notice' };
  if ((room.kind === 'family' || room.changed) && !isForUs(facts)) return { kind: 'ignore', why: 'not-addressed' };
  return admitted(facts) ?? (room.kind === 'ops' ? opsRoute(facts) : quietly(directRoute(facts), facts));
}

/** In a family room: files, commands, and what is said to the bot or asks something. The rest is people's talk. */
function isForUs({ message: { msgtype, text }, addressed, shield }: MessageFacts): boolean {
  // What an unsigned device sent was not opened: nobody can tell what it is.
  return (
    addressed ||
    shield !== 'ok' ||
    isFileMessage(msgtype) ||
    ASKS.test(text) ||
    (isText(msgtype) && commandOf(text) !== undefined)
  );
}

const ASKS = /\S\s+\S.*[?？؟]\s*$/su;

/** A question to nobody in particular, in a family room. What is asked of the bot itself has to be said to it. */
function quietly(found: Route, { room, addressed }: MessageFacts): Route {
  if (room.kind !== 'family' || addressed) return found;
  if (found.kind === 'question') return { ...found, quiet: true };
  const isCalled = found.kind === 'file' || found.kind === 'command' || found.kind === 'refuse';
  return isCalled ? found : { kind: 'ignore', why: 'not-addressed' };
}

/** A thumbs-down in any skin colour. */
const THUMBS_DOWN = /^👎[\u{1f3fb}-\u{1f3ff}]?\ufe0f?$/u;

/** A thumbs-up in any skin colour. */
const THUMBS_UP = /^👍[\u{1f3fb}-\u{1f3ff}]?\ufe0f?$/u;

/**
 * Reactions come in the clear, also in encrypted rooms (the specification wants it so): nothing of them is read but the sign
 * and the target. The homeserver could make one up: a thumbs-up ends reminders of an alert, and nothing else.
 */
function reactionRoute({ message, room }: MessageFacts): Route {
  if (room.kind === 'ops' && message.target !== null && THUMBS_UP.test(message.reaction ?? ''))
    return { kind: 'thumbs-up', target: message.target };
  const isOurs = (room.kind === 'direct' || room.kind === 'family') && room.encrypted && message.target !== null;
  if (!isOurs || !THUMBS_DOWN.test(message.reaction ?? '')) return { kind: 'ignore', why: 'not-a-message' };
  return { kind: 'thumbs-down', target: message.target };
}

/** The refusal of a message that may not be used where or as it came; undefined when it may. */
function admitted({ room, wasEncrypted, shield }: MessageFacts): Route | undefined {
  // First, because it is what makes the room one that papers have no place in.
  if (shield === 'identity-changed') return { kind: 'refuse', why: shield };
  if (room.changed) return { kind: 'refuse', why: 'room-changed' };
  if (room.kind === 'other') return { kind: 'refuse', why: 'not-direct' };
  if (!room.encrypted) return { kind: 'refuse', why: 'not-encrypted' };
  if (!wasEncrypted) return { kind: 'refuse', why: 'plain-event' };
  if (shield !== 'ok') return { kind: 'refuse', why: shield };
  return undefined;
}

function directRoute({ message }: MessageFacts): Route {
  const { msgtype, text, target } = message;
  // An edited caption changes nothing: the file was read from the first event.
  if (isFileMessage(msgtype)) {
    return target === null ? { kind: 'file', caption: text } : { kind: 'ignore', why: 'edited-file' };
  }
  if (!isText(msgtype)) return { kind: 'refuse', why: 'unsupported' };
  if (text === '') return { kind: 'ignore', why: 'empty' };
  const command = commandOf(text);
  if (command !== undefined) return target === null ? command : edited(command);
  const request = plainRequest(text);
  if (request !== undefined) return { kind: 'plain-request', request };
  return target === null ? { kind: 'question', text } : { kind: 'edit-of-question', target, text };
}

function opsRoute({ message }: MessageFacts): Route {
  const { msgtype, text, target } = message;
  if (isFileMessage(msgtype)) return { kind: 'refuse', why: 'ops-no-files' };
  if (!isText(msgtype)) return { kind: 'refuse', why: 'unsupported' };
  if (text === '') return { kind: 'ignore', why: 'empty' };
  const request = plainRequest(text);
  if (request?.what === 'yes') return { kind: 'plain-request', request };
  const command = commandOf(text) ?? bareCommandOf(text);
  if (command === undefined) return { kind: 'refuse', why: 'ops-no-questions' };
  return target === null ? command : edited(command);
}

function isText(msgtype: string): boolean {
  return msgtype === 'm.text' || msgtype === 'm.emote';
}

function isVerification({ type, message }: MessageFacts): boolean {
  return type.startsWith('m.key.verification.') || message.msgtype === 'm.key.verification.request';
}

type CommandRoute = Extract<Route, { kind: 'command' | 'unknown-command' }>;

/**
 * A command that a message was edited into. One that changes nothing for good runs: mostly its first form was mistyped.
 * Everything else has to be sent anew: what removes something or is audited, because the first form may have run already,
 * and what may hold a password.
 */
function edited(command: CommandRoute): Route {
  const found = command.kind === 'command' ? findCommand(COMMANDS, command.name, command.args)?.command : undefined;
  const isHarmless = found !== undefined && !found.destructive && found.audit === null && found.name !== 'password';
  return isHarmless ? command : { kind: 'refuse', why: 'edited-command' };
}

/**
 * `!name`, `/name` and `//name` (which clients that keep `/` for themselves pass on as `/name`). The name ends at a blank.
 * A line such as "/home/ada is full" or "!!" is no command.
 */
function commandOf(typedText: string): CommandRoute | undefined {
  const text = withoutBlank(typedText);
  const [, mark = '', line = ''] = /^(!|\/{1,2})(?=\p{L})(.*)$/su.exec(text) ?? [];
  if (mark === '') return undefined;
  const [typed, args] = firstWord(line);
  const name = nameOf(typed);
  if (findCommand(COMMANDS, name, args) !== undefined) return { kind: 'command', name, args };
  // A path looks like a command too, as long as it is one; with "!" there is no doubt.
  return mark === '!' || /^\p{L}+$/u.test(typed) ? { kind: 'unknown-command', name: typed } : undefined;
}

/** "! help" is "!help"; but "! what a day" begins no command. */
function withoutBlank(text: string): string {
  const [, line = ''] = /^!\s+(\p{L}.*)$/su.exec(text) ?? [];
  const [typed, args] = firstWord(line);
  return findCommand(COMMANDS, typed.toLowerCase(), args) === undefined ? text : `!${line}`;
}

/** "!lockdown!!" is "!lockdown", as for every command that ignores what else is typed; other names are compared whole. */
function nameOf(typed: string): string {
  const [name, calm] = [typed.toLowerCase(), typed.toLowerCase().replace(/[!.…]+$/u, '')];
  return findCommand(COMMANDS, calm, '')?.command.ignoresMore ? calm : name;
}

/** Behind a command that ignores more, without its mark: "lockdown now please", and not what people say about one. */
const MOST_BARE_WORDS = 2;

/** In the ops room a command's first word is enough. */
function bareCommandOf(text: string): CommandRoute | undefined {
  const [typed, args] = firstWord(text);
  const name = nameOf(typed);
  const found = findCommand(COMMANDS, name, args)?.command;
  if (found?.ignoresMore && args.split(/\s+/).length > MOST_BARE_WORDS) return undefined;
  if (found !== undefined) return { kind: 'command', name, args };
  // A single word is a mistyped command more likely than the start of a talk.
  return /^\p{L}{2,20}$/u.test(text) ? { kind: 'unknown-command', name: typed } : undefined;
}
