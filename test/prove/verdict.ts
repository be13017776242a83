import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { resetPassphrase } from '../../core/keys/master-key.ts';
import type { VisibleMessage } from '../lab/conversation.ts';
import { BOT, type Household } from '../lab/household.ts';
import { countFrom, listRooms, type RawEvent, readRoom, unreadBy } from '../lab/reader.ts';
import type { Synapse } from '../lab/synapse.ts';
import { type Member, repliedTo, type Sent } from './member.ts';

/** What the readers found; every list and count but `sent` and `answers` must be empty or zero. */
export interface Verdict {
  readonly sent: { readonly messages: number; readonly files: number };
  /** Answers on the homeserver to what was sent, edits left out. */
  readonly answers: number;
  /** Edits of answers: parts of long ones, and their ends. */
  readonly edits: number;
  /** Items without an answer, by person and number. */
  readonly lost: readonly string[];
  /** Items with more than one answer. */
  readonly doubled: readonly string[];
  /** Items whose answer never got its last words. */
  readonly unfinished: readonly string[];
  /** Files that the bot does not list, or lists more than once. */
  readonly filesLost: readonly string[];
  readonly filesDoubled: readonly string[];
  /** Greetings and other messages that answer nothing, beyond the one greeting of each chat. */
  readonly unasked: number;
  /** What the admin must have been told in the ops room and was not; a recovery code counts only when it opens the data. */
  readonly untold: readonly string[];
  /** Messages of the bot in the clear in an encrypted room. */
  readonly plain: number;
  /** Messages of the bot that their reader could not decrypt. */
  readonly undecryptable: number;
}

/** True when nothing is lost, doubled, unfinished, in the clear or unreadable. */
export function isClean(verdict: Verdict): boolean {
  const { lost, doubled, unfinished, filesLost, filesDoubled, untold, unasked, plain, undecryptable } = verdict;
  const named = [lost, doubled, unfinished, filesLost, filesDoubled, untold];
  return named.every((list) => list.length === 0) && unasked + plain + undecryptable === 0;
}

/**
 * Counts what the bot did, from outside: the homeserver's own record of every room, read by its administrator, and what
 * each person's client shows after decryption. An answer counts once per event on the homeserver, whatever the sender
 * believed. `lists` holds the file list that the bot gave each person at the end.
 */
export async function readVerdict(
  { synapse, stateDir }: Pick<Household, 'synapse' | 'stateDir'>,
  members: readonly Member[],
  lists: ReadonlyMap<string, string>,
): Promise<Verdict> {
  const chats = await Promise.all(
    members.map(async (member) => readChat(member, await readRoom(synapse, member.room))),
  );
  const files = members.flatMap((member) => listed(member, lists.get(member.local) ?? ''));
  const sent = members.flatMap((member) => member.sent);
  return {
    sent: { messages: sent.filter((one) => !isFile(one)).length, files: sent.filter(isFile).length },
    answers: sum(chats.map((chat) => chat.answers)),
    edits: sum(chats.map((chat) => chat.edits)),
    lost: chats.flatMap((chat) => chat.lost),
    doubled: chats.flatMap((chat) => chat.doubled),
    unfinished: chats.flatMap((chat) => chat.unfinished),
    filesLost: files.filter(({ times }) => times === 0).map(({ name }) => name),
    filesDoubled: files.filter(({ times }) => times > 1).map(({ name }) => name),
    unasked: sum(chats.map((chat) => chat.unasked)),
    untold: await untold(members, stateDir),
    plain: await plainMessages(synapse),
    undecryptable: sum(chats.map((chat) => chat.undecryptable)),
  };
}

function readChat(member: Member, events: readonly RawEvent[]) {
  const messages = member.messages();
  const ours = events.filter((event) => event.sender === BOT && /^m\.room\.(encrypted|message)$/.test(event.type));
  const edits = ours.filter((event) => relationOf(event) === 'm.replace');
  const standing = ours.filter((event) => relationOf(event) !== 'm.replace');
  const named = (fits: (sent: Sent) => boolean) =>
    member.sent.filter(fits).map(({ item }) => `${member.local} ${item.kind} ${item.number}`);
  const onServer = (sent: Sent) => standing.filter((event) => repliedTo(event) === sent.eventId).length;
  const onScreen = (sent: Sent) => messages.filter((message) => isAnswer(message, sent));
  return {
    answers: sum(member.sent.map(onServer)),
    edits: edits.length,
    lost: named((sent) => onServer(sent) === 0 || onScreen(sent).length === 0),
    doubled: named((sent) => onServer(sent) > 1 || onScreen(sent).length > 1),
    unfinished: named((sent) => onScreen(sent).some((message) => !sent.item.expects.test(message.text))),
    unasked: Math.abs(standing.filter((event) => repliedTo(event) === undefined).length - 1),
    undecryptable: unreadBy(messages, events, BOT).length,
  };
}

function isAnswer(message: VisibleMessage, sent: Sent): boolean {
  return message.sender === BOT && !message.redacted && repliedTo(message) === sent.eventId;
}

function isFile({ item }: Sent): boolean {
  return item.kind === 'file';
}

/** How often the bot's own list names each file of a person. */
function listed(member: Member, list: string): { name: string; times: number }[] {
  return member.sent.flatMap(({ item }) =>
    item.kind === 'file' ? [{ name: item.file.name, times: list.split(item.file.name).length - 1 }] : [],
  );
}

/** The two secrets of the first start, however often that start was killed. */
async function untold(members: readonly Member[], stateDir: string): Promise<string[]> {
  const admin = members.find((member) => member.opsRoom !== undefined);
  const told = admin?.messages(admin.opsRoom).filter((message) => message.sender === BOT) ?? [];
  const secret = (head: RegExp) => told.findLast(({ text }) => head.test(text))?.text.split('\n')[2] ?? '';
  const works = await opensData(stateDir, secret(/^The recovery code/));
  return [...(works ? [] : ['recovery code']), ...(secret(/^My recovery key/) === '' ? ['recovery key'] : [])];
}

/** Tries the code on a copy of keys.json, as an admin would who forgot the passphrase. */
async function opensData(stateDir: string, code: string): Promise<boolean> {
  const copy = join(stateDir, '..', 'keys-tried.json');
  copyFileSync(join(stateDir, 'keys.json'), copy);
  try {
    await resetPassphrase(copy, code, 'another passphrase');
    return true;
  } catch {
    return false;
  } finally {
    rmSync(copy);
  }
}

/** Over every room of the homeserver, so that a room nobody thought of is counted too. */
async function plainMessages(synapse: Synapse): Promise<number> {
  const encrypted = (await listRooms(synapse)).filter((room) => room.encryption !== null);
  const counts = await Promise.all(
    encrypted.map(async (room) => countFrom(await readRoom(synapse, room.room_id), BOT).plainMessages),
  );
  return sum(counts);
}

function relationOf({ content }: RawEvent): unknown {
  return (content['m.relates_to'] as { rel_type?: unknown } | undefined)?.rel_type;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
