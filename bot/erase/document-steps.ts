import type { TenantId } from '../../core/caller.ts';
import type { Erasure } from '../../core/erase/erasure.ts';
import { incomplete } from '../../core/erase/incomplete.ts';
import { type Remains, verifyReceipt } from '../../core/erase/receipt.ts';
import { Markdown } from '../wording/markdown.ts';
import { say } from '../wording/say.ts';
import { documentCounts } from './document-counts.ts';
import type { EraseParts } from './erase-parts.ts';
import { type EraseStep, noResult } from './erase-step.ts';
import { countInFamilies } from './family-traces.ts';
import { makeReceipt } from './make-receipt.ts';
import { eventsOf, roomsOf } from './person-rows.ts';

/** Documents forgotten in one transaction: each must not keep others waiting. */
const AT_ONCE = 10;
/** The steps of `!forget all`: the person stays, and so do their settings and their chat. */
export const DOCUMENT_STEPS: readonly EraseStep[] = [
  { name: 'stop', run: ({ work }, { person }) => noResult(work.stopReading(person!)) },
  { name: 'count', run: async (parts, erasure) => count(parts, erasure) },
  { name: 'forget', run: (parts, erasure) => noResult(forgetAll(parts, erasure.tenant!)) },
  { name: 'rows', run: (parts, erasure) => noResult(removeMarks(parts, erasure)) },
  { name: 'index', run: ({ index }) => noResult(index?.bringInLine()) },
  { name: 'receipt', run: async (parts, erasure) => ({ receipt: receiptFor(parts, erasure) }) },
  { name: 'tell', run: (parts, erasure) => noResult(tell(parts, erasure)) },
];

function count(parts: EraseParts, { person, tenant }: Erasure) {
  const { db, own, erasing, opsRoom } = parts;
  const rooms = roomsOf(db, { own, person: person! }, opsRoom());
  const events = [...erasing.inventory(tenant!).events, ...eventsOf(db, { person: person!, rooms })];
  return {
    before: documentCounts(parts, { person: person!, tenant: tenant! }),
    traces: { rooms, events: [...new Set(events)] },
  };
}

async function forgetAll({ vault, people }: EraseParts, tenant: TenantId): Promise<void> {
  const caller = people.systemCaller(tenant);
  for (let left = true; left; ) {
    left = vault.write(caller, (writer) => {
      // Earlier versions first, so that none becomes current again.
      const numbers = [...writer.replacedDocuments(), ...writer.documents()].map(({ number }) => number);
      for (const number of numbers.slice(0, AT_ONCE)) writer.forgetDocument(number);
      writer.forgetTurns();
      writer.forgetBadAnswers();
      return numbers.length > AT_ONCE;
    });
    await new Promise(setImmediate);
  }
}

/** Locked files of theirs, and which reactions marked answers that are gone. */
function removeMarks({ db }: EraseParts, { person, traces }: Erasure): void {
  db.transaction(() => {
    db.prepare('DELETE FROM locked_files WHERE person = ?').run(person);
    db.prepare('DELETE FROM thumbs_down WHERE question IN (SELECT value FROM json_each(?))').run(
      JSON.stringify(traces.events),
    );
  })();
}

function receiptFor(parts: EraseParts, erasure: Erasure): string {
  const { person, tenant, traces } = erasure;
  const after = documentCounts(parts, { person: person!, tenant: tenant! });
  const left = Object.entries(after).find(([, many]) => many > 0);
  if (left) throw incomplete(left[0]);
  const remains: Remains[] = ['settings', 'own-messages', 'bot-messages', 'audit-named'];
  const { papers, turns } = countInFamilies(parts, person!, traces.events);
  if (papers + turns > 0) remains.push('in-rooms');
  return makeReceipt(parts, erasure, { after, remains });
}

async function tell(parts: EraseParts, { person, traces, reference, language, receipt }: Erasure): Promise<void> {
  const shown = verifyReceipt(receipt!, parts.erasing.verifyingKey);
  const text = say(language, 'erase.receipt', { ...shown, text: new Markdown(receipt!) });
  for (const room of traces.rooms)
    if (await parts.chats.tell({ room, person: person!, text, transaction: `kin.receipt.${reference}` })) return;
}
