import { setTimeout as sleep } from 'node:timers/promises';
import type { EraseCounts, Erasure } from '../../core/erase/erasure.ts';
import { incomplete } from '../../core/erase/incomplete.ts';
import { type Remains, verifyReceipt } from '../../core/erase/receipt.ts';
import { isSetupGuest } from '../../core/setup-guest.ts';
import { Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { RECEIPT } from './erase-chats.ts';
import type { EraseParts } from './erase-parts.ts';
import { type EraseStep, noResult } from './erase-step.ts';
import { countInFamilies, removeFromFamilies } from './family-traces.ts';
import { freezePerson } from './freeze-person.ts';
import { leftInBotDb } from './left-in-bot-db.ts';
import { makeReceipt } from './make-receipt.ts';
import {
  answersElsewhere,
  countRows,
  crowdsOf,
  eventsOf,
  type RowsOf,
  removeRooms,
  removeRows,
  roomsOf,
  uploadsOf,
} from './person-rows.ts';

/** How often the last look is taken before it counts as a failure, and the pause between. */
const LOOKS = 8;
const LOOK_PAUSE_MS = 400;

/** Who is in which room, and the keys of that chat: needed to say goodbye, and gone right after. */
const ADDRESS = ['members', 'rooms', 'crypto_records'];

/**
 * The steps that erase a person. What lies here goes before anything that a homeserver has to do, so that a server that is
 * away keeps no word of theirs on our disk.
 */
export const PERSON_STEPS: readonly EraseStep[] = [
  // Before they end with the freezing.
  {
    name: 'shares',
    run: async ({ shares }, { person, before }) => ({ before: { ...before, shares: shares.countOf(person!) } }),
  },
  { name: 'freeze', run: (parts, { person }) => noResult(freezePerson(parts, person!)) },
  { name: 'stop', run: ({ work }, { person }) => noResult(work.stopAll(person!)) },
  { name: 'count', run: async (parts, erasure) => count(parts, erasure) },
  {
    name: 'families',
    run: (parts, { person, traces }) => noResult(removeFromFamilies(parts, person!, traces)),
  },
  { name: 'shred', run: ({ erasing }, { tenant }) => noResult(erasing.shred(tenant!)) },
  { name: 'index', run: ({ index }) => noResult(index?.dropGone()) },
  { name: 'messages', run: (parts, erasure) => takeBackMessages(parts, erasure) },
  { name: 'rows', run: (parts, erasure) => noResult(removeRows(parts.db, rowsNow(parts, erasure))) },
  {
    name: 'receipt',
    redo: ['families', 'shred', 'index', 'rows'],
    run: async (parts, erasure) => ({ receipt: receiptFor(parts, erasure) }),
  },
  { name: 'tell', run: (parts, erasure) => noResult(tell(parts, erasure)) },
  { name: 'leave', run: (parts, erasure) => noResult(leaveRooms(parts, erasure)) },
  { name: 'rest', run: (parts, erasure) => noResult(removeRest(parts, erasure)) },
  { name: 'bury', run: ({ erasing, clock }, erasure) => noResult(erasing.bury(erasure, clock())) },
];

function rowsOf({ own }: EraseParts, { person, traces }: Erasure): RowsOf {
  return { own, person: person!, ...traces };
}

/** With the messages that came since they were counted. */
function rowsNow(parts: EraseParts, erasure: Erasure): RowsOf {
  const whose = rowsOf(parts, erasure);
  return { ...whose, events: [...new Set([...whose.events, ...eventsOf(parts.db, whose)])] };
}

function count(parts: EraseParts, { person, tenant, before }: Erasure) {
  const { db, own, erasing, opsRoom } = parts;
  const { counts, events } = erasing.inventory(tenant!);
  const rooms = roomsOf(db, { own, person: person! }, opsRoom());
  const traces = { rooms, events: [...new Set([...events, ...eventsOf(db, { person: person!, rooms })])] };
  const inRooms = countInFamilies(parts, person!, traces.events);
  const turns = (counts.turns ?? 0) + inRooms.turns;
  return { before: { ...before, ...counts, ...countRows(db, person!), turns, roomPapers: inRooms.papers }, traces };
}

/** What the server did not let the bot take back is noted beside the counts, for the receipt. */
async function takeBackMessages({ chats, db }: EraseParts, { person, traces, before }: Erasure) {
  let [refusedRooms, refusedUploads] = [0, 0];
  const roomAnswers = answersElsewhere(db, traces);
  // Whether it was let or not: older ones, which nobody knows any more, stay anyhow, and the receipt says so.
  for (const { room, event } of roomAnswers) await chats.takeBackOne(room, event);
  for (const room of traces.rooms) if (!(await chats.takeBack(room))) refusedRooms += 1;
  for (const mxc of uploadsOf(db, person!)) if (!(await chats.removeUpload(mxc))) refusedUploads += 1;
  return { before: { ...before, refusedRooms, refusedUploads, roomAnswers: roomAnswers.length } };
}

function receiptFor(parts: EraseParts, erasure: Erasure): string {
  const { erasing, db } = parts;
  // A change of key that was under way may have left its file.
  if (!erasing.isShredded(erasure.tenant!)) erasing.shred(erasure.tenant!);
  if (!erasing.isShredded(erasure.tenant!)) throw incomplete('the tenant’s file');
  const { refusedRooms = 0, refusedUploads = 0, roomPapers = 0, roomAnswers = 0, ...before } = erasure.before;
  if (parts.shares.countOf(erasure.person!) > 0) throw incomplete('shares');
  const inRooms = countInFamilies(parts, erasure.person!, erasure.traces.events);
  if (inRooms.papers + inRooms.turns > 0) throw incomplete('a family room');
  // Whoever does not know yet that the bot is gone may still write.
  const whose = rowsNow(parts, erasure);
  removeRows(db, whose);
  const left = leftInBotDb(db, whose, ADDRESS);
  if (left !== undefined) throw incomplete(left);
  const after: EraseCounts = Object.fromEntries(Object.keys(before).map((name) => [name, 0]));
  const remains: Remains[] = ['own-messages', 'audit', 'chat-address', 'ops-messages'];
  if (refusedRooms > 0) remains.push('bot-messages');
  const isInCrowd = crowdsOf(db, whose) > 0;
  if (isInCrowd) remains.push('shared-rooms');
  if (isInCrowd || roomAnswers > 0) remains.push('room-answers');
  if (parts.shares.hadAny(erasure.person!)) remains.push('others-chats');
  if (roomPapers > 0) remains.push('room-papers');
  if (inRooms.unread > 0) remains.push('unread-rooms');
  if (refusedUploads > 0) remains.push('bot-media');
  return makeReceipt(parts, { ...erasure, before }, { after, remains });
}

/** The last words. Where nobody can read them alone any more, the receipt stays in the records, which name nobody. */
async function tell(parts: EraseParts, { person, traces, reference, language, receipt }: Erasure): Promise<void> {
  const shown = verifyReceipt(receipt!, parts.erasing.verifyingKey);
  const text = say(language, 'erase.receipt', { ...shown, text: new Markdown(receipt!) });
  for (const room of traces.rooms)
    if (await parts.chats.tell({ room, person: person!, text, transaction: `${RECEIPT}${reference}` })) return;
  // A guest of set-up left when it was answered.
  if (isSetupGuest(person!)) return;
  parts.alerts.raise({ code: 'receipt-undelivered', severity: 'info', facts: { reference } });
}

async function leaveRooms({ chats }: EraseParts, { traces }: Erasure): Promise<void> {
  for (const room of traces.rooms) await chats.leave(room);
}

/** What came back while the goodbye was said, and who was in which room; then nothing may be left. */
async function removeRest(parts: EraseParts, erasure: Erasure): Promise<void> {
  let left: string | undefined;
  // A sync that tells of our leaving may be on its way: it passes through the stores in a moment.
  for (let look = 0; look < LOOKS; look++) {
    left = await cleared(parts, erasure);
    left ??= isLogEmptied(parts) ? undefined : 'the log of bot.db';
    if (left === undefined) return;
    await sleep(LOOK_PAUSE_MS, undefined, { ref: false });
  }
  throw incomplete(left!);
}

/** Pages as they were before stand in the log until it is emptied. */
function isLogEmptied({ db }: EraseParts): boolean {
  const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}

/** Removes it once; the name of a table that still holds something afterwards. */
async function cleared(parts: EraseParts, erasure: Erasure): Promise<string | undefined> {
  const whose = rowsNow(parts, erasure);
  removeRows(parts.db, whose);
  removeRooms(parts.db, whose);
  await parts.chats.forgetKeys(whose);
  return leftInBotDb(parts.db, whose);
}
