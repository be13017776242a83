import { createHash } from 'node:crypto';
import type { EraseCounts, Erasure } from '../../core/erase/erasure.ts';
import { incomplete } from '../../core/erase/incomplete.ts';
import { type Remains, verifyReceipt } from '../../core/erase/receipt.ts';
import { Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { documentCounts } from './document-counts.ts';
import { RECEIPT } from './erase-chats.ts';
import type { EraseParts } from './erase-parts.ts';
import { type EraseStep, noResult } from './erase-step.ts';
import { countInFamilies } from './family-traces.ts';
import { makeReceipt } from './make-receipt.ts';
import { eventsOf, roomsOf } from './person-rows.ts';

/** Documents forgotten in one transaction: each must not keep others waiting. */
const AT_ONCE = 10;

/** The steps of `!forget all`: the person stays, and so do their settings, their chat, and what they send from then on. */
export const DOCUMENT_STEPS: readonly EraseStep[] = [
  { name: 'stop', run: ({ work }, { person }) => noResult(work.stopReading(person!)) },
  { name: 'count', run: async (parts, erasure) => count(parts, erasure) },
  { name: 'forget', run: (parts, erasure) => forgetAll(parts, erasure) },
  { name: 'rows', run: (parts, erasure) => noResult(removeMarks(parts, erasure)) },
  { name: 'index', run: ({ index }) => noResult(index?.bringInLine()) },
  {
    name: 'receipt',
    redo: ['forget', 'rows', 'index'],
    run: async (parts, erasure) => ({ receipt: receiptFor(parts, erasure) }),
  },
  { name: 'tell', run: (parts, erasure) => noResult(tell(parts, erasure)) },
];

/** Counts what is there; from here on that is what goes. What a first wish has forgotten before a second is counted in. */
function count(parts: EraseParts, { person, tenant, before, traces }: Erasure) {
  const { db, own, erasing, opsRoom, vault, people } = parts;
  const rooms = roomsOf(db, { own, person: person! }, opsRoom());
  const events = [...traces.events, ...erasing.inventory(tenant!).events, ...eventsOf(db, { person: person!, rooms })];
  const now = documentCounts(parts, { person: person!, tenant: tenant! });
  const upTo = vault.read(people.systemCaller(tenant!), (reader) => ({
    document: reader.newestDocument(),
    passage: reader.newestPassage(),
  }));
  return {
    before: traces.forgot ? added(before, now) : now,
    traces: { rooms, events: [...new Set(events)], upTo },
  };
}

async function forgetAll({ vault, people, erasing, outbox, db }: EraseParts, { tenant, traces }: Erasure) {
  const caller = people.systemCaller(tenant!);
  const newest = traces.upTo?.document ?? Number.POSITIVE_INFINITY;
  // Answers that wait to be sent hold words of what goes. With the first documents it is forgotten what was asked.
  const meant = new Set(traces.events);
  outbox.dropAbout(erasing.inventory(tenant!).events.filter((event) => meant.has(event)));
  for (let left = true; left; ) {
    left = vault.write(caller, (writer) => {
      // Earlier versions first, so that none becomes current again.
      const documents = [...writer.replacedDocuments(), ...writer.documents()];
      const numbers = documents.map(({ number }) => number).filter((number) => number <= newest);
      for (const number of numbers.slice(0, AT_ONCE)) writer.forgetDocument(number);
      writer.forgetTurns();
      writer.forgetBadAnswers();
      return numbers.length > AT_ONCE;
    });
    await new Promise(setImmediate);
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
  return { traces: { ...traces, forgot: true as const } };
}

/** Locked files of theirs, and which reactions marked answers that are gone. */
function removeMarks({ db }: EraseParts, { person, traces }: Erasure): void {
  const meant = 'IN (SELECT value FROM json_each(?))';
  const events = JSON.stringify(traces.events);
  db.transaction(() => {
    db.prepare(`DELETE FROM locked_files WHERE person = ? AND event_id ${meant}`).run(person, events);
    db.prepare(`DELETE FROM thumbs_down WHERE question ${meant}`).run(events);
  })();
}

function receiptFor(parts: EraseParts, erasure: Erasure): string {
  const { person, tenant, traces } = erasure;
  const within = traces.upTo && { upTo: traces.upTo, events: traces.events };
  const after = documentCounts(parts, { person: person!, tenant: tenant! }, within);
  const left = Object.entries(after).find(([, many]) => many > 0);
  if (left) throw incomplete(left[0]);
  const remains: Remains[] = ['settings', 'own-messages', 'bot-messages', 'audit-named'];
  const { papers, turns, unread } = countInFamilies(parts, person!, traces.events);
  if (papers + turns + unread > 0) remains.push('in-rooms');
  if (parts.shares.hadAny(person!)) remains.push('others-chats');
  return makeReceipt(parts, erasure, { after, remains });
}

function added(one: EraseCounts, other: EraseCounts): EraseCounts {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

async function tell(parts: EraseParts, { person, traces, reference, language, receipt }: Erasure): Promise<void> {
  const shown = verifyReceipt(receipt!, parts.erasing.verifyingKey);
  const text = say(language, 'erase.receipt', { ...shown, text: new Markdown(receipt!) });
  // A second wish may have made another receipt of the same reference.
  const which = createHash('sha256').update(receipt!).digest('hex').slice(0, 8);
  for (const room of traces.rooms)
    if (await parts.chats.tell({ room, person: person!, text, transaction: `${RECEIPT}${reference}.${which}` })) return;
}
